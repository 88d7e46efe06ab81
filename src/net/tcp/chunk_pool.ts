/**
 * The memory that bytes of flows wait in: chunks of two sizes, all of them together within a limit. Some that nobody
 * uses are kept, because a flow fills and empties chunks thousands of times a second and fresh memory is cleared
 * each time.
 *
 * @module
 */

/** Bytes of a chunk for the few bytes of most flows. */
export const SMALL_CHUNK = 4_096;

/** Bytes of a chunk for flows that send much: a whole segment. */
export const LARGE_CHUNK = 65_536;

/** Most unused chunks that are kept: 1 MiB of each size. */
const MAX_SPARE_SMALL = 256;
const MAX_SPARE_LARGE = 16;

/** The chunks. */
export class ChunkPool {
  readonly #limit: number;
  readonly #small: Uint8Array<ArrayBuffer>[] = [];
  readonly #large: Uint8Array<ArrayBuffer>[] = [];
  #used = 0;

  /** @param limit bytes of all chunks in use */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of the chunks in use. */
  get used(): number {
    return this.#used;
  }

  /** A chunk of one of the two sizes, with whatever was in it; `undefined` where the limit would be passed. */
  take(size: typeof SMALL_CHUNK | typeof LARGE_CHUNK): Uint8Array<ArrayBuffer> | undefined {
    if (this.#used + size > this.#limit) return undefined;
    this.#used += size;
    return (size === SMALL_CHUNK ? this.#small : this.#large).pop() ?? new Uint8Array(size);
  }

  /** Gives back a chunk that nobody reads or writes any more. */
  give(chunk: Uint8Array<ArrayBuffer>): void {
    this.#used -= chunk.length;
    if (chunk.length === SMALL_CHUNK && this.#small.length < MAX_SPARE_SMALL) this.#small.push(chunk);
    if (chunk.length === LARGE_CHUNK && this.#large.length < MAX_SPARE_LARGE) this.#large.push(chunk);
  }

  /** Gives up a chunk that a pending system call may still read or write: it is not used again. */
  lose(chunk: Uint8Array<ArrayBuffer>): void {
    this.#used -= chunk.length;
  }
}
