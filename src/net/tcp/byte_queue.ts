/**
 * Bytes that wait, first in first out, in chunks of a pool. A host's socket reads straight into the queue and writes
 * straight out of it; meanwhile the chunk at that end is kept, whatever else happens to the queue.
 *
 * @module
 */
import { type ChunkPool, type ChunkSize, HUGE_CHUNK, LARGE_CHUNK, SMALL_CHUNK } from "./chunk_pool.ts";

/** What reads grow and shrink by, a step for each. */
const READS: readonly ChunkSize[] = [SMALL_CHUNK, LARGE_CHUNK, HUGE_CHUNK];

/** A chunk, and which of its bytes wait. */
interface Part {
  readonly chunk: Uint8Array<ArrayBuffer>;
  start: number;
  end: number;
}

/** The queue. */
export class ByteQueue {
  readonly #pool: ChunkPool;
  #parts: Part[] = [];
  #length = 0;
  /** The part that a view is out of which bytes may come into. */
  #filling: Part | undefined;
  /** The part that a view of its bytes is out of. */
  #draining: Part | undefined;
  /** Which of the sizes the next read has: the next one after a read that filled all its space, else the one before. */
  #read = 0;

  constructor(pool: ChunkPool) {
    this.#pool = pool;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies bytes in. @returns how many: fewer where the pool has nothing left */
  push(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const part = this.#last(1) ?? this.#grow(this.#pushed(to - at));
      if (!part) break;
      const count = Math.min(to - at, part.chunk.length - part.end);
      part.chunk.set(bytes.subarray(at, at + count), part.end);
      part.end += count;
      this.#length += count;
      at += count;
    }
    return at - from;
  }

  /** Where the next bytes may be read to; `undefined` where the pool has nothing left. Ends with {@linkcode filled}. */
  space(): Uint8Array<ArrayBuffer> | undefined {
    const size = READS[this.#read] ?? HUGE_CHUNK;
    // Less than a quarter at the end of a chunk is not worth a read.
    this.#filling = this.#last(size / 4) ?? this.#grow(size);
    return this.#filling?.chunk.subarray(this.#filling.end);
  }

  /** So many bytes came into the space; 0: none will. */
  filled(count: number): void {
    const part = this.#filling;
    this.#filling = undefined;
    if (!part) return;
    const filled = count === part.chunk.length - part.end;
    this.#read = Math.max(0, Math.min(READS.length - 1, this.#read + (filled ? 1 : -1)));
    part.end += count;
    this.#length += count;
    this.#giveEmpty();
  }

  /** The first bytes as they stand; `undefined` where there are none. Ends with {@linkcode shift}. */
  first(): Uint8Array<ArrayBuffer> | undefined {
    const part = this.#length > 0 ? this.#parts[0] : undefined;
    this.#draining = part;
    return part?.chunk.subarray(part.start, part.end);
  }

  /** Drops the first bytes. @param count at most {@linkcode length} */
  shift(count: number): void {
    this.#draining = undefined;
    this.#length -= count;
    let left = count;
    for (const part of this.#parts) {
      const taken = Math.min(left, part.end - part.start);
      part.start += taken;
      left -= taken;
      if (left === 0) break;
    }
    this.#giveEmpty();
  }

  /** Copies bytes out and leaves them. @param offset of the first one; the range lies within the queue */
  copy(offset: number, length: number, target: Uint8Array, targetAt: number): void {
    let skip = offset;
    let to = targetAt;
    const end = targetAt + length;
    for (const { chunk, start, end: stop } of this.#parts) {
      const waiting = stop - start;
      if (skip < waiting) {
        const count = Math.min(end - to, waiting - skip);
        target.set(chunk.subarray(start + skip, start + skip + count), to);
        to += count;
        skip = 0;
      } else skip -= waiting;
      if (to === end) return;
    }
  }

  /** Drops everything. A chunk that a socket still reads or writes does not go to another flow. */
  clear(): void {
    for (const part of this.#parts) {
      if (part === this.#filling || part === this.#draining) this.#pool.lose(part.chunk);
      else this.#pool.give(part.chunk);
    }
    this.#parts = [];
    this.#length = 0;
    this.#filling = this.#draining = undefined;
  }

  /** The last part, where it has that much room. */
  #last(room: number): Part | undefined {
    const part = this.#parts.at(-1);
    return part && part.chunk.length - part.end >= room ? part : undefined;
  }

  /** The chunk for bytes that are pushed, and for those behind them. */
  #pushed(count: number): ChunkSize {
    if (count <= SMALL_CHUNK) return SMALL_CHUNK;
    return this.#length >= LARGE_CHUNK ? HUGE_CHUNK : LARGE_CHUNK;
  }

  #grow(size: ChunkSize): Part | undefined {
    const chunk = this.#pool.take(size);
    if (!chunk) return undefined;
    const part = { chunk, start: 0, end: 0 };
    this.#parts.push(part);
    return part;
  }

  /** Empty parts stand in front: only the last one grows. One that is to be filled stays. */
  #giveEmpty(): void {
    for (let part = this.#parts[0]; part && part.start === part.end; part = this.#parts[0]) {
      if (part === this.#filling) return;
      this.#parts.shift();
      this.#pool.give(part.chunk);
    }
  }
}
