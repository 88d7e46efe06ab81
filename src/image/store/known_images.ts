/**
 * Names and ids of images, for who completes a word: read as they lie there, without the sweep that store.ts makes,
 * and without its locks.
 *
 * @module
 */
import { join } from "node:path";
import type { Paths } from "../../host/paths.ts";
import { readRows } from "../../host/read_rows.ts";
import type { Payload } from "../../payload/payload.ts";

/** What images can be called. */
export interface KnownImages {
  /** Normalised references, sorted. */
  readonly references: readonly string[];
  /** Digests of all images, sorted. */
  readonly ids: readonly string[];
}

/**
 * The images of the store; the bundled one (bundled.ts) is not in its table.
 *
 * @throws {Error} when there is no table, or it cannot be read at this moment
 */
export function knownImages({ data }: Pick<Paths, "data">): KnownImages {
  const path = join(data, "images.db");
  return {
    references: readRows(path, "SELECT reference FROM image_references ORDER BY reference")
      .map(({ reference }) => String(reference)),
    ids: readRows(path, "SELECT id FROM images ORDER BY id").map(({ id }) => String(id)),
  };
}

/**
 * The names of the bundled image (bundled.ts), for which nothing is unpacked.
 *
 * @throws {SmolvmError} kind `state` when the payload is absent or damaged
 */
export async function bundledReferences(payload: Pick<Payload, "bytes">): Promise<readonly string[]> {
  const text = new TextDecoder().decode(await payload.bytes("alpine.json"));
  return (JSON.parse(text) as { readonly references: readonly string[] }).references;
}
