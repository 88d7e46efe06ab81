/**
 * Removes what others may have removed already.
 *
 * @module
 */

/**
 * Removes a file, or with `recursive` a folder and all in it; one that is not there is fine.
 *
 * @throws {Deno.errors} when it is there and cannot be removed
 */
export function removeIfThere(path: string, options: { readonly recursive?: boolean } = {}): void {
  try {
    Deno.removeSync(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
