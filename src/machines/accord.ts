/**
 * Brings the table of machines and their folders into accord when they differ: a machine is made record
 * first, its folder put in place by one rename, and deleted in the opposite order. So a folder without a
 * record is one that the table has lost, and a record without a folder is a machine half made or half
 * deleted.
 *
 * @module
 */
import { join } from "node:path";
import { FileLock } from "../host/lock.ts";
import { isFolder } from "../files/is_there.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import { debug } from "../log.ts";
import { GONE, MAKING, TURN } from "./folder.ts";

const entryName = /^([0-9a-f]{12})(\.new|\.gone|\.lock)?$/;

/** The table, as far as it matters here. */
export interface MachineTable {
  ids(): string[];
  /** Takes a machine in whose folder is there. @returns its name, `undefined` when that cannot be */
  adopt(folder: string): string | undefined;
  /** Forgets a machine whose folder is gone. */
  remove(id: string): void;
}

/**
 * Repairs what killed commands left.
 *
 * @param folder where the machines' folders are
 * @returns names of the machines that the table had lost
 */
export function bringIntoAccord(folder: string, table: MachineTable): string[] {
  // Without the folder of them all (a disk that is not mounted) nothing can be said of any.
  if (!isFolder(folder)) return [];
  // The table is read first: a row that is added later belongs to a command that still runs.
  const recorded = table.ids();
  const found = new Map<string, Set<string>>();
  for (const name of names(folder)) {
    const [, id, end = ""] = entryName.exec(name) ?? [];
    if (id !== undefined) found.set(id, (found.get(id) ?? new Set()).add(end));
  }
  const doubtful = new Set(
    [...found].filter(([, ends]) => ends.has(MAKING) || ends.has(GONE)).map(([id]) => id),
  );
  for (const id of recorded) if (!found.get(id)?.has("")) doubtful.add(id);
  const known = new Set(recorded);
  for (const id of found.keys()) if (!known.has(id)) doubtful.add(id);
  return [...doubtful].flatMap((id) => settle(join(folder, id), id, table) ?? []).sort();
}

/** Under the machine's turn, so that nobody makes or deletes it meanwhile. */
function settle(path: string, id: string, table: MachineTable): string | undefined {
  using turn = FileLock.tryAcquire(path + TURN) ?? null;
  if (!turn) return undefined;
  for (const end of [MAKING, GONE]) removeIfThere(path + end, { recursive: true });
  const known = table.ids().includes(id);
  if (isFolder(path)) return known ? undefined : table.adopt(path);
  if (known) table.remove(id);
  debug("machine half made or half deleted", { id });
  removeIfThere(path + TURN);
  return undefined;
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}
