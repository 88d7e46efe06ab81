/**
 * Whether something is at a path, and what. An answer is true of the moment it was given: who acts on it
 * still meets the other case.
 *
 * @module
 */

/** Whether anything is there, a dangling link included. */
export function isThere(path: string): boolean {
  return look(() => Deno.lstatSync(path)) !== undefined;
}

/** Whether a folder is there, or a link to one. */
export function isFolder(path: string): boolean {
  return look(() => Deno.statSync(path))?.isDirectory ?? false;
}

/** Whether a regular file is there, or a link to one. */
export function isFile(path: string): boolean {
  return look(() => Deno.statSync(path))?.isFile ?? false;
}

/** What cannot be looked at, for whatever reason, is not there for us. */
function look(stat: () => Deno.FileInfo): Deno.FileInfo | undefined {
  try {
    return stat();
  } catch {
    return undefined;
  }
}
