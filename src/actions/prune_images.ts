/**
 * Removes images that nobody needs, to free the host's disk.
 *
 * @module
 */
import type { Pruned } from "../image/store/prune.ts";
import type { Host } from "../payload/host.ts";
import { ImageUsers } from "./image_users.ts";
import { openImages } from "./open_images.ts";

/**
 * Removes images without a name that nobody is made of, and downloads that wait for a next attempt.
 *
 * @param options `all` removes every image that nobody is made of
 */
export async function pruneImages(
  host: Host,
  { all = false }: { readonly all?: boolean } = {},
): Promise<Pruned> {
  using store = await openImages(host);
  using users = await ImageUsers.open(host.paths);
  return await store.prune({ all, use: users.use });
}
