/**
 * Stops a machine: in order, or at once.
 *
 * @module
 */
import { ask } from "../client/ask.ts";
import { connectSupervisor, type Reachable } from "../client/connect.ts";
import { settledSupervisor } from "../client/reach.ts";
import { takeTurn } from "../machines/turn.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { machineFolder } from "../machines/folder.ts";
import { awaitUnsupervised, isSupervised, killSupervisor, supervisorOf } from "../machines/liveness.ts";
import type { Host } from "../payload/host.ts";
import type { SupervisorLink } from "../client/connect.ts";

/** What a command is given to end, in milliseconds, when nobody says otherwise. */
export const PATIENCE_MILLISECONDS = 10_000;

/** Beyond what the command is given: unmounting, and a VM under emulation. */
const STOP_GRACE_MILLISECONDS = 15_000;

/** How long a supervisor may still run after its last message, in milliseconds. */
const RELEASE_MILLISECONDS = 10_000;

/**
 * Stops a machine in order: stop signal, patience, SIGKILL, unmounting, power off. One that is starting is waited
 * for.
 *
 * @param patience what its command is given, in milliseconds
 * @returns whether it ran
 * @throws {SmolvmError} kind `guest` when it does not end
 */
export async function stopMachine(
  spec: Reachable,
  { paths }: Pick<Host, "paths">,
  patience = PATIENCE_MILLISECONDS,
): Promise<boolean> {
  const folder = machineFolder(paths, spec.id);
  if (!isSupervised(folder)) return false;
  const supervisor = supervisorOf(folder);
  try {
    using link = await connectSupervisor(spec, paths) ?? await startingSupervisor(spec, paths);
    if (!link) return true;
    await ask(link, { kind: "stop", timeoutMilliseconds: patience }, patience + STOP_GRACE_MILLISECONDS);
  } catch (error) {
    // Its link may end before its answer; what counts is whether it is gone.
    if (!(error instanceof SmolvmError) || error.kind !== "guest") throw error;
  }
  if (await awaitUnsupervised(folder, RELEASE_MILLISECONDS, supervisor)) return true;
  throw new SmolvmError("guest", {
    action: "stop the machine",
    subject: spec.name,
    reason: "its supervisor does not answer",
    remedy: `end it with smolvm microvm stop --force ${spec.name}`,
  });
}

/** Waits for the turn of whoever starts the machine. */
async function startingSupervisor(spec: Reachable, paths: Paths): Promise<SupervisorLink | undefined> {
  using _turn = await takeTurn(spec, paths);
  return await settledSupervisor(spec, paths);
}

/**
 * Kills a machine's supervisor, and with it the VM; what was not synced is lost.
 *
 * @returns whether it ran
 * @throws {SmolvmError} kind `state` when it does not go away
 */
export async function killMachine(
  spec: { readonly id: string },
  { paths }: Pick<Host, "paths">,
): Promise<boolean> {
  return await killSupervisor(machineFolder(paths, spec.id));
}
