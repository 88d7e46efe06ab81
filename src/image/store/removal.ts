/**
 * Removes an image, and says what is known before and after.
 *
 * @module
 */
import { hexOf } from "../model/digest.ts";
import type { Digest } from "../model/image.ts";
import type { Shelves } from "./intake.ts";

/** Says who needs an image though no process holds it, and what to do about it; `undefined` when nobody does. */
export type ImageUse = (id: Digest) => { readonly reason: string; readonly remedy: string } | undefined;

/** What was removed. */
export interface Removal {
  /** Normalised references that name nothing any more. */
  readonly references: readonly string[];
  /** Images whose disks are gone. */
  readonly images: readonly Digest[];
}

/** Removes an image with all its names, unless a process holds a lease on it. @returns whether it is gone */
export function removeUnused({ records, disks }: Shelves, id: Digest): boolean {
  using lock = disks.locks.tryAcquire(hexOf(id));
  if (!lock) return false;
  // In this order: a disk without a row is one that the table has lost, and is taken in again.
  disks.remove(id);
  records.remove(id);
  return true;
}
