/**
 * What is said before an image is removed, and after.
 *
 * @module
 */
import type { Digest } from "../model/image.ts";

/** Says who needs an image though no process holds it, and what to do about it; `undefined` when nobody does. */
export type ImageUse = (id: Digest) => { readonly reason: string; readonly remedy: string } | undefined;

/** What was removed. */
export interface Removal {
  /** Normalised references that name nothing any more. */
  readonly references: readonly string[];
  /** Images whose disks are gone. */
  readonly images: readonly Digest[];
}
