/**
 * Removes names of images, and images: what is in use stays.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { namedFailure } from "../../host/named_failure.ts";
import { hexOf } from "../model/digest.ts";
import type { Digest, Image } from "../model/image.ts";
import type { ImageName } from "../model/image_name.ts";
import { formatReference } from "../model/reference.ts";
import type { Shelves } from "./intake.ts";

/** Says who needs an image though no process holds it, and what to do about it; `undefined` when nobody does. */
export type ImageUse = (id: Digest) => { readonly reason: string; readonly remedy: string } | undefined;

/** A lease is a VM's, or a command's that makes something of the image; its lock does not tell whose. */
const IN_USE = {
  reason: "a VM or another smolvm command is using it",
  remedy: "stop the VM, or wait until the command has ended",
};

/** What was removed. */
export interface Removal {
  /** Normalised references that name nothing any more. */
  readonly references: readonly string[];
  /** Images whose disks are gone. */
  readonly images: readonly Digest[];
}

/** How an image is removed. */
export interface RemovalOptions {
  /** Removes an image by id though it has several names. */
  readonly force?: boolean;
  /** Tells of machines that are made of an image and do not run. */
  readonly use?: ImageUse;
}

/**
 * Removes a name, and the image with its last name; or, by id, an image with all its names.
 *
 * @param image of that name, in the store
 * @throws {SmolvmError} kind `image` when it is in use, or has several names
 */
export function removeImage(
  shelves: Shelves,
  { image, name }: { readonly image: Image; readonly name: ImageName },
  options: RemovalOptions,
): Removal {
  const { references, id } = image;
  const refuse = (reason: string, remedy: string) =>
    new SmolvmError("image", { action: "remove the image", subject: name.text, reason, remedy });
  const normalised = name.reference && formatReference(name.reference);
  if (normalised !== undefined && references.length > 1 && references.includes(normalised)) {
    shelves.records.removeReference(normalised);
    shelves.disks.saveRecords(shelves.records);
    return { references: [normalised], images: [] };
  }
  if (references.length > 1 && !options.force) {
    throw refuse(`it has ${references.length} names`, "remove them one by one, or use --force");
  }
  let kept: ReturnType<ImageUse>;
  try {
    kept = removeUnused(shelves, id, options.use);
  } catch (cause) {
    throw namedFailure(cause, { action: "remove the image", subject: name.text });
  }
  if (kept) throw refuse(kept.reason, kept.remedy);
  return { references, images: [id] };
}

/**
 * Removes an image with all its names, unless a process holds a lease on it or something is made of it.
 *
 * @returns why it is still there; `undefined` when it is gone
 */
export function removeUnused(shelves: Shelves, id: Digest, use: ImageUse | undefined): ReturnType<ImageUse> {
  const user = use?.(id);
  if (user) return user;
  using lock = shelves.disks.locks.tryAcquire(hexOf(id));
  if (!lock) return IN_USE;
  // Asked again under the lock: whoever makes a machine of the image holds a lease until its record is there.
  const madeMeanwhile = use?.(id);
  if (madeMeanwhile) return madeMeanwhile;
  // In this order: a disk without a row is one that the table has lost, and is taken in again.
  shelves.disks.remove(id);
  shelves.records.remove(id);
  return undefined;
}
