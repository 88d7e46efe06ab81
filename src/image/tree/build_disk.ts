/**
 * From the layers of an image to one EROFS disk: each layer streams through decompression, its digest, and
 * the tar reader into the tree, whose contents are on the disk already when the names come last.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { ErofsWriter } from "../../erofs/writer.ts";
import { SmolvmError } from "../../error.ts";
import { debug } from "../../log.ts";
import type { LayerSource } from "../model/layer_source.ts";
import { decompress } from "../compression/decompress.ts";
import { ImageTree } from "./image_tree.ts";
import { InflateThread } from "../compression/inflate_thread.ts";
import { LayerError } from "../model/layer_error.ts";
import { DEFAULT_LIMITS, type ImageLimits } from "../model/limits.ts";
import { TarReader } from "../tar/tar_reader.ts";

/** How a disk is built. */
export interface BuildOptions {
  readonly limits?: ImageLimits;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes unpacked so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** What was built. */
export interface BuiltDisk {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Entries of all layers. */
  readonly entries: number;
}

/**
 * Builds a disk. The same layers give the same bytes.
 *
 * @param layers lowest first
 * @param output the file; must not exist, and does not after a failure
 * @throws {SmolvmError} kind `image` when a layer is not what it should be
 * @throws what a layer's `open` throws, and the signal's reason
 */
export async function buildDisk(
  layers: readonly LayerSource[],
  output: string,
  options: BuildOptions = {},
): Promise<BuiltDisk> {
  using writer = ErofsWriter.create(output);
  const tree = new ImageTree(writer, options.limits ?? DEFAULT_LIMITS);
  await applyLayers(tree, layers, options);
  const built = writer.finish(tree.root);
  return { bytes: built.bytes, entries: tree.entries };
}

async function applyLayers(
  tree: ImageTree,
  layers: readonly LayerSource[],
  { limits = DEFAULT_LIMITS, signal, onProgress }: BuildOptions,
): Promise<void> {
  // Ends before the metadata is written: both at once would need the most memory.
  using thread = new InflateThread();
  let bytes = 0;
  for (const layer of layers) {
    const before = bytes;
    const open = async () => decompress(await layer.open(signal), { thread, expected: layer.blob });
    await applyLayer(tree, { layer, open }, (count) => {
      signal?.throwIfAborted();
      bytes += count;
      if (bytes > limits.unpackedBytes) {
        throw new LayerError(`it unpacks to more than ${limits.unpackedBytes} bytes`);
      }
      onProgress?.(bytes);
    });
    debug("layer applied", { layer: layer.name, bytes: bytes - before });
  }
}

async function applyLayer(
  tree: ImageTree,
  { layer, open }: { layer: LayerSource; open: () => Promise<AsyncIterable<Uint8Array>> },
  count: (bytes: number) => void,
): Promise<void> {
  const hash = layer.diffId === undefined ? undefined : createHash("sha256");
  tree.beginLayer();
  const reader = new TarReader((entry) => tree.add(entry));
  try {
    for await (const chunk of await open()) {
      count(chunk.byteLength);
      hash?.update(chunk);
      reader.write(chunk);
    }
    reader.end();
    const actual = hash && `sha256:${hash.digest("hex")}`;
    if (actual !== layer.diffId) {
      throw new LayerError(`its content has the digest ${actual}, not ${layer.diffId}`);
    }
  } catch (cause) {
    // RangeError is what the EROFS writer says of inodes that do not fit its format.
    if (!(cause instanceof LayerError || cause instanceof RangeError)) throw cause;
    throw new SmolvmError("image", {
      action: "unpack the layer",
      subject: layer.name,
      reason: cause.message,
      cause,
    });
  }
}
