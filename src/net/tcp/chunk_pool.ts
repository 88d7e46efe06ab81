/**
 * The memory that bytes of flows wait in: chunks of three sizes, all of them together within a limit, of which the
 * larger ones leave a part to the smaller, so that busy flows never take the last memory of quiet ones. Some that nobody
 * uses are kept, because a flow fills and empties chunks thousands of times a second and fresh memory is cleared
 * each time.
 *
 * @module
 */

/** Bytes of a chunk for the few bytes of most flows. */
export const SMALL_CHUNK = 4_096;

/** Bytes of a chunk for flows that send more: a whole segment. */
export const LARGE_CHUNK = 65_536;

/** Bytes of a chunk for flows that send as fast as they can: as much as may be in flight. */
export const HUGE_CHUNK = 262_144;

/** The sizes, and up to which part of the limit there are chunks of each. */
const SIZES = [
  { size: HUGE_CHUNK, share: 0.5 },
  { size: LARGE_CHUNK, share: 0.75 },
  { size: SMALL_CHUNK, share: 1 },
] as const;

/** Bytes of unused chunks of each size that are kept, at most. */
const MAX_SPARE_BYTES = 1_048_576;

/** Of a chunk. */
export type ChunkSize = typeof SIZES[number]["size"];

/** The chunks. */
export class ChunkPool {
  readonly #limit: number;
  readonly #spare = new Map<number, Uint8Array<ArrayBuffer>[]>(SIZES.map(({ size }) => [size, []]));
  /** Who is told that there is memory again, who has waited for longest in front. */
  readonly #waiting = new Set<() => void>();
  #used = 0;

  /** @param limit bytes of all chunks in use */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of the chunks in use. */
  get used(): number {
    return this.#used;
  }

  /**
   * A chunk with whatever was in it.
   *
   * @param most its size; where much is in use it is one of the smaller sizes
   * @returns `undefined` where the limit would be passed
   */
  take(most: ChunkSize): Uint8Array<ArrayBuffer> | undefined {
    const fits = SIZES.find(({ size, share }) => size <= most && this.#used + size <= share * this.#limit);
    if (!fits) return undefined;
    this.#used += fits.size;
    return this.#spare.get(fits.size)?.pop() ?? new Uint8Array(fits.size);
  }

  /** Gives back a chunk that nobody reads or writes any more. */
  give(chunk: Uint8Array<ArrayBuffer>): void {
    this.#used -= chunk.length;
    const spare = this.#spare.get(chunk.length);
    if (spare && (spare.length + 1) * chunk.length <= MAX_SPARE_BYTES) spare.push(chunk);
    this.#wake();
  }

  /** Gives up a chunk that a pending system call may still read or write: it is not used again. */
  lose(chunk: Uint8Array<ArrayBuffer>): void {
    this.#used -= chunk.length;
    this.#wake();
  }

  /** Has that called once when there is memory again, after all who wait already. */
  wait(wake: () => void): void {
    this.#waiting.add(wake);
  }

  /** Who waits no more, or was called and takes nothing, leaves the memory to the others. */
  leave(wake: () => void): void {
    this.#waiting.delete(wake);
    this.#wake();
  }

  /** Calls as many as there are small chunks. */
  #wake(): void {
    let free = Math.floor((this.#limit - this.#used) / SMALL_CHUNK);
    for (const wake of this.#waiting) {
      if (free-- <= 0) return;
      this.#waiting.delete(wake);
      wake();
    }
  }
}
