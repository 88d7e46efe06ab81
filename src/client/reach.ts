/**
 * Reaches a machine, and starts it when it does not run.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { machineFolder } from "../machines/folder.ts";
import { awaitUnsupervised } from "../machines/liveness.ts";
import { takeTurn } from "../machines/turn.ts";
import { connectSupervisor, type Reachable, type SupervisorLink } from "./connect.ts";
import { startSupervisor, type SupervisorHost } from "./start.ts";

/** How long a machine may be starting or ending, in milliseconds, when whoever began it is gone. */
const SETTLED_MILLISECONDS = 120_000;

/** How long a supervisor that neither listens nor is gone is left alone between two looks, in milliseconds. */
const LOOK_MILLISECONDS = 100;

/** A machine that was reached. */
export interface Reached {
  /** Absent when it was started here and has ended already, as one with a short command does. */
  readonly link: SupervisorLink | undefined;
  /** Whether it was started here. */
  readonly started: boolean;
}

/**
 * Reaches a machine, starting it when it does not run. Any number of callers at once start it once.
 *
 * @throws {SmolvmError} kind `guest` when it does not start, `usage` when it was deleted meanwhile
 */
export async function reachOrStart(machine: Reachable, host: SupervisorHost): Promise<Reached> {
  const { paths } = host;
  const running = await connectSupervisor(machine, paths);
  if (running) return { link: running, started: false };
  using _turn = await takeTurn(machine, paths);
  const meanwhile = await settledSupervisor(machine, paths);
  if (meanwhile) return { link: meanwhile, started: false };
  await startSupervisor(machine, host);
  return { link: await connectSupervisor(machine, paths), started: true };
}

/**
 * As {@linkcode reachOrStart}, for those who want something of it: one that has ended already is an error.
 *
 * @throws {SmolvmError} kind `guest`
 */
export async function reachMachine(machine: Reachable, host: SupervisorHost): Promise<SupervisorLink> {
  const { link } = await reachOrStart(machine, host);
  if (link) return link;
  throw new SmolvmError("guest", {
    action: "reach the machine",
    subject: machine.name,
    reason: "its command ended as soon as it had started, and the machine with it",
    remedy: `look at smolvm microvm logs ${machine.name}`,
  });
}

/** How long a machine is waited for. */
export interface SettledOptions {
  readonly milliseconds?: number;
}

/**
 * Waits until a machine that is starting or ending runs, or does not. The caller has the machine's turn, so
 * whoever started it is gone.
 *
 * @returns the link to one that runs
 * @throws {SmolvmError} kind `guest` when it does neither in time
 */
export async function settledSupervisor(
  machine: Reachable,
  paths: Paths,
  { milliseconds = SETTLED_MILLISECONDS }: SettledOptions = {},
): Promise<SupervisorLink | undefined> {
  const folder = machineFolder(paths, machine.id);
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    const link = await connectSupervisor(machine, paths);
    if (link) return link;
    if (await awaitUnsupervised(folder, LOOK_MILLISECONDS)) return undefined;
  }
  throw new SmolvmError("guest", {
    action: "reach the machine",
    subject: machine.name,
    reason: `it has been starting or ending for ${milliseconds / 1000} s`,
    remedy: `end it with smolvm microvm stop --force ${machine.name}`,
  });
}
