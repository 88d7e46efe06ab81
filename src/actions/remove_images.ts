/**
 * Removes images that no machine and no container is made of.
 *
 * @module
 */
import type { ImageName } from "../image/model/image_name.ts";
import type { Removal } from "../image/store/removal.ts";
import type { Host } from "../payload/host.ts";
import { ImageUsers } from "./image_users.ts";
import { openImages } from "./open_images.ts";

/** How an image is removed. */
export interface RemoveOptions {
  /** Removes an image by its id though it has several names. */
  readonly force?: boolean;
  /** Told what each name removed, as it goes. */
  readonly onRemoval?: (removal: Removal) => void;
}

/**
 * Removes names of images, and images with their last name.
 *
 * @param names names or ids
 * @returns what is gone, in all
 * @throws {SmolvmError} kind `image` at the first that is not there, is used or is bundled; those before it are
 * gone
 */
export async function removeImages(
  names: readonly ImageName[],
  host: Host,
  { force = false, onRemoval }: RemoveOptions = {},
): Promise<Removal> {
  using store = await openImages(host);
  using users = await ImageUsers.open(host.paths);
  const removals: Removal[] = [];
  for (const name of names) {
    const removal = await store.remove(name, { force, use: users.use });
    onRemoval?.(removal);
    removals.push(removal);
  }
  return {
    references: removals.flatMap(({ references }) => references),
    images: removals.flatMap(({ images }) => images),
  };
}
