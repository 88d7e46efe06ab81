/**
 * `process` of a spec as steps: what a program gives up and gets before it is executed. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { capabilitySet } from "./capabilities.ts";
import { rlimitSteps } from "./rlimits.ts";
import { type RuntimeProcess, type RuntimeSeccomp, UnsupportedSpecError } from "./runtime_spec.ts";
import { seccompProgram } from "./seccomp.ts";

/** The agent's own umask, from which a plan has departed to make devices. */
const AGENT_UMASK = 0o022;

/** What a process is given that the specification has no field for. */
export interface ProcessOptions {
  readonly seccomp?: RuntimeSeccomp | undefined;
  /** A small init becomes the parent of the program: it forwards signals and reaps. */
  readonly init?: boolean;
  /** The program's terminal is the container's /dev/console as well: its first program's. */
  readonly console?: boolean;
}

/** The size of a terminal that was given none (`stty size` of a VT100). */
const DEFAULT_SIZE = { height: 24, width: 80 };

/**
 * The step that makes a program's terminal.
 *
 * @param console whether it is /dev/console as well
 */
export function terminalStep({ height, width } = DEFAULT_SIZE, console = false): Step {
  return { op: "terminal", rows: height, columns: width, console };
}

/**
 * Steps from limits to exec: limits first, the filter while it may still be set, then the identity, then what the
 * identity allows.
 *
 * @throws {UnsupportedSpecError} for what this runtime does not do
 */
export function processSteps(
  process: RuntimeProcess,
  { seccomp, init = false, console = false }: ProcessOptions,
): Step[] {
  const { user, capabilities = {} } = process;
  for (const set of ["inheritable", "ambient"] as const) {
    const [first] = capabilities[set] ?? [];
    if (first !== undefined) throw new UnsupportedSpecError(`process.capabilities.${set}`, first);
  }
  const permitted = capabilitySet(capabilities.permitted ?? []);
  return [
    ...(process.terminal ? [terminalStep(process.consoleSize, console)] : []),
    ...rlimitSteps(process.rlimits),
    { op: "umask", mask: user.umask ?? AGENT_UMASK },
    { op: "chdir", path: process.cwd },
    { op: "bounding", capabilities: capabilitySet(capabilities.bounding ?? []) },
    ...when(process.noNewPrivileges, { op: "noNewPrivs" }),
    ...(seccomp ? [{ op: "seccomp", program: seccompProgram(seccomp) } as const] : []),
    { op: "ids", uid: user.uid, gid: user.gid, groups: user.additionalGids ?? [] },
    // Any other user has lost them with its uid, and exec would take them from it anyway (capabilities(7)).
    ...when(user.uid === 0, { op: "capset", capabilities: permitted }),
    ...when(init, { op: "init" }),
    { op: "exec", argv: process.args, env: process.env ?? [] },
  ];
}

function when(condition: boolean | undefined, step: Step): Step[] {
  return condition ? [step] : [];
}
