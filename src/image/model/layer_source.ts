/**
 * A layer before it is applied: where sources (registry, archive, folder) and the flattening of layers
 * meet.
 *
 * @module
 */
import type { Expected } from "./digest.ts";
import type { Digest } from "./image.ts";

/** One layer of an image, not read yet. */
export interface LayerSource {
  /** For errors and progress: the blob's digest, or the name in the archive. */
  readonly name: string;
  /** Digest of the uncompressed tar (config.md, `rootfs.diff_ids`), checked by the reader while streaming. */
  readonly diffId?: Digest;
  /** What the opened bytes have to be, checked by the reader while streaming; absent when that is known. */
  readonly blob?: Expected;
  /** Opens the layer's bytes: a tar, plain or compressed with gzip or zstd. */
  open(signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}
