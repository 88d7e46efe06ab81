/**
 * Removes what takes room and serves nobody: images, unfinished downloads, and images that were put aside.
 *
 * @module
 */
import type { Shelves } from "./intake.ts";
import { type ImageUse, type Removal, removeUnused } from "./removal.ts";

/** What was removed, and how many bytes that freed. */
export type Pruned = Removal & { readonly bytes: number };

/**
 * Removes images without a name that nobody uses, and downloads that wait for a next attempt.
 *
 * @param downloads folder of the downloads
 * @param options `all` removes every image that nobody uses; `use` tells who is made of an image and does not run
 */
export async function prune(
  shelves: Shelves,
  downloads: string,
  options: { readonly all?: boolean; readonly use?: ImageUse },
): Promise<Pruned> {
  const doomed = shelves.records.list()
    .filter(({ references }) => options.all || references.length === 0)
    .filter(({ facts }) => removeUnused(shelves, facts.id, options.use) === undefined);
  const { BlobCache } = await import("../registry/blob_cache.ts");
  const others = new BlobCache(downloads).clear() + shelves.disks.removePutAside();
  return {
    references: doomed.flatMap(({ references }) => references),
    images: doomed.map(({ facts }) => facts.id),
    bytes: doomed.reduce((sum, { facts }) => sum + facts.diskBytes, others),
  };
}
