/**
 * Removes a file that others may have removed already.
 *
 * @module
 */

/**
 * Removes a file; one that is not there is fine.
 *
 * @throws {Deno.errors} when it is there and cannot be removed
 */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
