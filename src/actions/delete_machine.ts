/**
 * Deletes a machine with all it holds.
 *
 * @module
 */
import { takeTurn } from "../machines/turn.ts";
import { SmolvmError } from "../error.ts";
import { isThere } from "../files/is_there.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import { wantsRoom } from "../host/database_error.ts";
import { namedFailure } from "../host/named_failure.ts";
import { withdrawSocket } from "../machines/by_name.ts";
import { GONE, machineFolder } from "../machines/folder.ts";
import { isSupervised, killSupervisor, removeDeadSocket } from "../machines/liveness.ts";
import type { MachineRecords } from "../machines/records.ts";
import { unknownMachine } from "./find_machine.ts";
import type { MachineContext } from "./machine_context.ts";

/** How a machine is deleted. */
export interface DeleteOptions {
  /** Kills the machine if it runs. */
  readonly force?: boolean;
  /** Asked when nothing stands against it, to go on or to throw. */
  readonly confirm?: (name: string) => void;
}

/** What a machine is deleted from. */
export interface DeleteContext extends Pick<MachineContext, "paths"> {
  readonly records: Pick<MachineRecords, "idOf" | "remove">;
}

/**
 * Deletes a machine, also one whose record cannot be read. Its folder is renamed first, then its record is removed,
 * then its files; meanwhile nobody starts it, and a supervisor that begins in the last moment finds nothing to
 * supervise.
 *
 * @throws {SmolvmError} kind `usage` when there is none of that name, kind `state` when it runs, or its record cannot
 * be removed: then the machine is as it was
 */
export async function deleteMachine(
  name: string,
  context: DeleteContext,
  { force = false, confirm }: DeleteOptions = {},
): Promise<void> {
  const { paths, records } = context;
  const id = records.idOf(name);
  if (id === undefined) throw unknownMachine(name);
  const folder = machineFolder(paths, id);
  if (!force && isSupervised(folder)) throw stillRunning(name);
  confirm?.(name);
  // Killed before its turn is waited for: that of a start in progress lasts as long as the start.
  if (force) await killSupervisor(folder);
  using _turn = await takeTurn({ id, name }, paths);
  if (force) await killSupervisor(folder);
  if (isSupervised(folder)) throw stillRunning(name);
  removeDeadSocket(folder);
  const gone = folder.path + GONE;
  moveAway(folder.path, gone);
  try {
    removeRecord(id, records, gone);
  } catch (cause) {
    if (isThere(gone)) Deno.renameSync(gone, folder.path);
    throw namedFailure(cause, { action: "delete the machine", subject: name });
  }
  removeIfThere(gone, { recursive: true });
  withdrawSocket(folder.byName, { name, socket: folder.socket });
  for (const path of [folder.socket, folder.turn]) removeIfThere(path);
}

/** Removes the record. On a full disk, where the table needs room to change, the machine's files make it first. */
function removeRecord(id: string, records: DeleteContext["records"], gone: string): void {
  try {
    records.remove(id);
  } catch (cause) {
    if (!wantsRoom(cause)) throw cause;
    removeIfThere(gone, { recursive: true });
    records.remove(id);
  }
}

function stillRunning(name: string): SmolvmError {
  return new SmolvmError("state", {
    action: "delete the machine",
    subject: name,
    reason: "it is running",
    remedy: `stop it with smolvm microvm stop ${name}, or delete it with -f`,
  });
}

function moveAway(path: string, to: string): void {
  try {
    removeIfThere(to, { recursive: true });
    Deno.renameSync(path, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
