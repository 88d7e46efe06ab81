/**
 * Paths on this host that a command line names. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { holdsBytes } from "../../text/byte_word.ts";

/**
 * Judges a path that is to be opened: Deno opens none that is not UTF-8, but another one.
 *
 * @param action what the path is for: `load`
 * @returns the path
 * @throws {SmolvmError} kind `usage`
 */
export function hostPath(action: string, path: string): string {
  if (!holdsBytes(path)) return path;
  throw new SmolvmError("usage", {
    action,
    subject: path.toWellFormed(),
    reason: "its path is not UTF-8",
    remedy: "give it another name",
  });
}
