/**
 * The file in a machine's folder that says what the machine is, from which a lost table is made again, and how
 * file and table change together: the table's row is the word that counts, and the file follows it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { isThere } from "../files/is_there.ts";
import { type MachineFolder, SPEC_FILE } from "./folder.ts";
import type { MachineSpec } from "./spec.ts";
import { encodeSpec } from "./spec_codec.ts";

/** End of the name of a file that is to take the place of another one. */
const NEXT = ".new";

/** Writes the spec of a machine whose folder is being made. */
export function writeSpecFile(folder: string, spec: MachineSpec): void {
  Deno.writeTextFileSync(join(folder, SPEC_FILE), encodeSpec(spec), { mode: 0o600 });
}

/**
 * Changes what a machine is. Whoever calls holds the machine's turn. After a crash at any point the row and the
 * file are each as before or as wished, and {@linkcode finishSpecChange} makes the file as the row is.
 *
 * @param commit changes the row
 * @throws {Error} when either cannot be written; when it was the row, nothing is changed
 */
export function changeSpec(folder: MachineFolder, spec: MachineSpec, commit: () => void): void {
  const file = join(folder.path, SPEC_FILE);
  writeDurably(file + NEXT, encodeSpec(spec));
  try {
    commit();
  } catch (error) {
    Deno.removeSync(file + NEXT);
    throw error;
  }
  putInPlace(file);
}

/**
 * Ends a change that was interrupted: the file becomes what the row says. Costs a look when there was none.
 *
 * @param spec as the row has it
 */
export function finishSpecChange(folder: MachineFolder, spec: MachineSpec): void {
  const file = join(folder.path, SPEC_FILE);
  if (!isThere(file + NEXT)) return;
  writeDurably(file + NEXT, encodeSpec(spec));
  putInPlace(file);
}

function writeDurably(path: string, text: string): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  file.syncSync();
}

/** A rename is on the disk once its folder is. */
function putInPlace(file: string): void {
  Deno.renameSync(file + NEXT, file);
  using folder = Deno.openSync(dirname(file));
  folder.syncSync();
}
