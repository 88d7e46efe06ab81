/**
 * Reads what a machine's command or a container printed, and what it prints from now on.
 *
 * @module
 */
import { join } from "node:path";
import { awaitMachineEnd } from "../client/machine_end.ts";
import { LogCursor } from "../logs/log_cursor.ts";
import type { LogPiece } from "../logs/log_file.ts";
import { followLog, type LogSelection, selectPieces } from "../logs/log_reader.ts";
import { machineFolder } from "../machines/folder.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { MachineContext } from "./machine_context.ts";

/** Which part of a log is read, and whether it is followed until the machine ends. */
export interface LogWish extends LogSelection {
  readonly follow?: boolean;
}

/** The log of a machine's own command, the oldest piece first. */
export function readMachineLog(
  machine: Pick<MachineSpec, "id" | "name">,
  { paths }: Pick<MachineContext, "paths">,
  wish: LogWish = {},
): AsyncGenerator<LogPiece> {
  return readLog(machineFolder(paths, machine.id).log, wish, () => awaitMachineEnd(machine, paths));
}

/**
 * The log of a container, the oldest piece first.
 *
 * @param word its name, its id, or the beginning of that
 * @throws {SmolvmError} kind `usage` when there is none
 */
export function readContainerLog(
  machine: MachineSpec,
  word: string,
  { paths, records }: Pick<MachineContext, "paths" | "records">,
  wish: LogWish = {},
): AsyncGenerator<LogPiece> {
  const folder = machineFolder(paths, machine.id);
  const { id } = records.containers.find(machine, word).spec;
  return readLog(join(folder.containers, id, "log"), wish, () => awaitMachineEnd(machine, paths));
}

/** The end of the guest's console, kept when its VM ended; empty when there is none. */
export function readConsole(
  { id }: Pick<MachineSpec, "id">,
  { paths }: Pick<MachineContext, "paths">,
): string {
  try {
    return Deno.readTextFileSync(machineFolder(paths, id).console).trimEnd();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/**
 * Reads a log: the part that is wanted, and what comes after it if that is wanted too.
 *
 * @param over settles when nothing more will come; asked only where the log is followed
 */
export async function* readLog(
  path: string,
  wish: LogWish,
  over: () => Promise<unknown>,
): AsyncGenerator<LogPiece> {
  using cursor = new LogCursor(path, "start");
  yield* selectPieces([...cursor.next()], wish);
  if (wish.follow) yield* followLog(path, cursor, over());
}
