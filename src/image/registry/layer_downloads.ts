/**
 * The layers of one image on their way here: a few at a time, lowest first, each ready to be read as soon
 * as it is whole, while the others go on.
 *
 * @module
 */
import { fileStream } from "../../files/byte_stream.ts";
import type { Expected } from "../model/digest.ts";
import type { Digest } from "../model/image.ts";
import type { BlobCache, BlobLease } from "./blob_cache.ts";
import type { BlobTail } from "./client.ts";

const PARALLEL = 3;

/** What it takes to download. */
export interface DownloadOptions {
  readonly cache: BlobCache;
  readonly open: (digest: Digest, options: { from: number; signal: AbortSignal }) => Promise<BlobTail>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Downloads begin with the first {@linkcode open}, and end with the disposal. */
export class LayerDownloads implements AsyncDisposable {
  readonly #options: DownloadOptions;
  readonly #blobs: ReadonlyMap<Digest, Expected>;
  readonly #stop = new AbortController();
  readonly #total: number;
  #done = 0;
  #running: Map<Digest, Promise<BlobLease>> | undefined;

  constructor(blobs: readonly Expected[], options: DownloadOptions) {
    this.#options = options;
    // An image may have the same layer twice.
    this.#blobs = new Map(blobs.map((blob) => [blob.digest, blob]));
    this.#total = [...this.#blobs.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Opens a layer's bytes, verified, when it is whole.
   *
   * @throws {SmolvmError} as {@linkcode BlobCache.fetch}
   */
  async open(digest: Digest): Promise<ReadableStream<Uint8Array>> {
    const lease = await (this.#running ??= this.#start()).get(digest);
    if (!lease) throw new RangeError(`Cannot open ${digest}: it is no layer of this image`);
    return fileStream(lease.path);
  }

  /** Deletes the downloads from the cache, when their files are on the image's disk. */
  async discard(): Promise<void> {
    await this[Symbol.asyncDispose]();
    for (const digest of this.#blobs.keys()) this.#options.cache.discard(digest);
  }

  /** Stops what is under way; what has come stays for the next attempt. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const result of await Promise.allSettled(this.#running?.values() ?? [])) {
      if (result.status === "fulfilled") result.value[Symbol.dispose]();
    }
    this.#running = new Map();
  }

  #start(): Map<Digest, Promise<BlobLease>> {
    const running = new Map<Digest, Promise<BlobLease>>();
    const order: Promise<unknown>[] = [];
    for (const blob of this.#blobs.values()) {
      const turn = order[order.length - PARALLEL];
      const download = this.#download(blob, turn);
      // Whoever opens the layer sees the error; until then nobody else has to.
      order.push(download.catch(() => {}));
      running.set(blob.digest, download);
    }
    return running;
  }

  async #download(blob: Expected, turn: Promise<unknown> | undefined): Promise<BlobLease> {
    await turn;
    const { cache, open, onProgress } = this.#options;
    const signal = this.#options.signal
      ? AbortSignal.any([this.#options.signal, this.#stop.signal])
      : this.#stop.signal;
    signal.throwIfAborted();
    try {
      return await cache.fetch(blob, {
        open: (from) => open(blob.digest, { from, signal }),
        signal,
        onBytes: (bytes) => onProgress?.(this.#done += bytes, this.#total),
      });
    } catch (error) {
      // One layer that cannot be had makes the others useless.
      this.#stop.abort(error);
      throw error;
    }
  }
}
