/**
 * Gives an image one more name.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Image } from "../image/model/image.ts";
import type { ImageName } from "../image/model/image_name.ts";
import { familiarReference, type Reference } from "../image/model/reference.ts";
import type { Host } from "../payload/host.ts";
import { openImages } from "./open_images.ts";

/**
 * Points a name at an image that is here; an image that had the name before keeps its files and its other names.
 * What may be a new name is what `docker tag` takes: no digest, and not the word `sha256`, with which ids begin.
 *
 * @param source name or id of the image
 * @returns the image with its names
 * @throws {SmolvmError} kind `usage` when the target cannot be a name that a person gives; kind `image` when there
 * is no such image here, and nothing is pulled; kind `state` when it cannot be written
 */
export async function tagImage(source: ImageName, target: Reference, host: Host): Promise<Image> {
  const name = familiarReference(target);
  if (target.digest !== undefined) {
    throw refuse(name, "a digest is not a name that can be given: it follows from what the image holds");
  }
  if (name.startsWith("sha256:")) throw refuse(name, "what begins with sha256: is an image id");
  using store = await openImages(host);
  return await store.tag(source, target);
}

function refuse(name: string, reason: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "tag an image",
    subject: name,
    reason,
    remedy: "give a name such as mine:1",
  });
}
