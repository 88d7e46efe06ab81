/**
 * Finds the place of a program that runs beside others: a machine, which is started if need be, or a container
 * that runs.
 *
 * @module
 */
import { connectSupervisor } from "../client/connect.ts";
import { reachMachine } from "../client/reach.ts";
import { SmolvmError } from "../error.ts";
import type { SupervisorRequest } from "../supervisor_protocol/messages.ts";
import { debug } from "../log.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { SupervisorLink } from "../client/connect.ts";
import { findMachine, findUsableMachine } from "./find_machine.ts";
import type { MachineContext } from "./machine_context.ts";
import type { ProgramRequest } from "./program_request.ts";
import { onEngine } from "./wanted_engine.ts";

/** Where a session is opened. */
export interface SessionPlace {
  /** Closed by whoever runs the session. */
  readonly link: SupervisorLink;
  readonly request: SupervisorRequest;
  /** Memory of the VM, for messages. */
  readonly memoryMiB: number;
}

/**
 * A program in a machine's own root. The machine is started if it does not run; the default one is made when it
 * is not there.
 *
 * @param options `engine` is what a machine that has to be started runs on
 * @throws {SmolvmError} kind `usage` when there is no such machine, kind `guest` when it does not start
 */
export async function placeInMachine(
  name: string | undefined,
  program: ProgramRequest,
  context: MachineContext,
  { engine }: { readonly engine?: MachineSpec["engine"] | undefined } = {},
): Promise<SessionPlace> {
  const { spec } = await findUsableMachine(name, context);
  debug("machine found", { id: spec.id });
  const link = await reachMachine(spec, onEngine(context, spec, engine));
  return { link, memoryMiB: spec.memoryMiB, request: { kind: "exec", ...program } };
}

/**
 * A program in a container that runs, in the container's own folder and as its own user unless it says
 * otherwise.
 *
 * @param word the container's name, id, or the beginning of its id
 * @throws {SmolvmError} kind `usage` when there is none, kind `state` when its machine does not run
 */
export async function placeInContainer(
  machine: string,
  word: string,
  program: ProgramRequest,
  context: MachineContext,
): Promise<SessionPlace> {
  const { spec } = findMachine(machine, context);
  const { spec: container } = context.records.containers.find(spec, word);
  const link = await connectSupervisor(spec, context.paths);
  if (!link) {
    throw new SmolvmError("state", {
      action: "run in the container",
      subject: word,
      reason: `its machine ${spec.name} does not run`,
      remedy: `start it with smolvm container start ${spec.name} ${word}`,
    });
  }
  const { cwd, user } = container.command;
  const own = { cwd: program.cwd || cwd, user: program.user || user };
  const request = { kind: "join", container: container.id, ...program, ...own } as const;
  return { link, memoryMiB: spec.memoryMiB, request };
}
