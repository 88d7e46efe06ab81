/**
 * Leases: while a process holds one, no other removes the image.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { hexOf } from "../model/digest.ts";
import type { Image } from "../model/image.ts";
import type { Shelves } from "./intake.ts";

/** An image that is not removed until this is disposed, or its process ends. */
export interface LeasedImage extends Disposable {
  readonly image: Image;
}

/**
 * Takes a lease on an image whose disk is in the store.
 *
 * @throws {SmolvmError} kind `image` when the image was removed meanwhile
 */
export async function leaseImage(
  { records, disks }: Shelves,
  image: Image,
  signal: AbortSignal | undefined,
): Promise<Disposable> {
  const lock = await disks.locks.acquire(hexOf(image.id), { shared: true, signal });
  if (records.has(image.id)) return lock;
  lock[Symbol.dispose]();
  throw removed(image);
}

/** The error of one who comes too late. */
export function removed({ id, references }: Pick<Image, "id" | "references">): SmolvmError {
  return new SmolvmError("image", {
    action: "use the image",
    subject: references[0] ?? id,
    reason: "it was removed a moment ago",
  });
}
