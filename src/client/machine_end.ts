/**
 * Waits for the end of a machine: its supervisor tells it, and where no supervisor answers the machine's lock
 * does.
 *
 * @module
 */
import { delay } from "../async/delay.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { debug } from "../log.ts";
import { machineFolder } from "../machines/folder.ts";
import { isSupervised } from "../machines/liveness.ts";
import { connectSupervisor, type Reachable, type SupervisorLink } from "./connect.ts";

/**
 * How often the lock is looked at while no supervisor answers, in milliseconds: each look opens a file of the
 * folder in which `logs --follow` watches for changes.
 */
const LOOK_MILLISECONDS = 500;

/**
 * Resolves when the machine's command has ended for good, or the machine where it has no command; at once when
 * the machine does not run. All output is in the logs then.
 *
 * @throws {SmolvmError} kind `state` when the lock cannot be opened
 */
export async function awaitMachineEnd(
  machine: Reachable,
  paths: Paths,
  lookMilliseconds = LOOK_MILLISECONDS,
): Promise<void> {
  const folder = machineFolder(paths, machine.id);
  while (isSupervised(folder)) {
    using link = await connect(machine, paths) ?? null;
    if (link && await told(link)) return;
    await delay(lookMilliseconds);
  }
}

/** A supervisor that starts or ends does not listen; one that was stopped by a signal does not answer. */
async function connect(machine: Reachable, paths: Paths): Promise<SupervisorLink | undefined> {
  try {
    return await connectSupervisor(machine, paths);
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
    debug("supervisor not reached", { reason: error.reason });
    return undefined;
  }
}

/** Whether the supervisor told the end; `false` when the link to it broke before. */
async function told(link: SupervisorLink): Promise<boolean> {
  return (await link.open({ kind: "wait" }).ended).reason === undefined;
}
