/**
 * Pairs the layers that a manifest or an archive lists with the digests that the configuration gives their
 * uncompressed content (OCI image-spec config.md, `rootfs.diff_ids`). Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Digest } from "./image.ts";
import type { LayerSource } from "./layer_source.ts";

/**
 * Makes the layers of an image.
 *
 * @param layers as listed, lowest first
 * @param source makes a layer of each, still without its `diffId`
 * @throws {SmolvmError} kind `image` when there are more or fewer digests than layers
 */
export function pairLayers<T>(
  layers: readonly T[],
  diffIds: readonly Digest[],
  source: (layer: T) => Omit<LayerSource, "diffId">,
): LayerSource[] {
  if (layers.length !== diffIds.length) {
    throw new SmolvmError("image", {
      action: "read",
      subject: "the manifest",
      reason: `it has ${layers.length} layers, and the configuration names ${diffIds.length}`,
    });
  }
  return layers.map((layer, at) => {
    const diffId = diffIds[at];
    return { ...source(layer), ...(diffId && { diffId }) };
  });
}
