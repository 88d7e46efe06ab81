/**
 * Frames on their way to a VMM, in two buffers: one is filled in place while the other is written, so that all frames
 * of a turn are one write. What does not fit has to wait, or is lost as on any wire: memory never grows.
 *
 * @module
 */
import { putU32 } from "../packet/bytes.ts";
import type { Memory } from "../packet/checksum.ts";
import { newVectorMemory } from "../packet/vector_memory.ts";
import { LENGTH_BYTES } from "./frame_reader.ts";

/** Bytes of each buffer. */
const BUFFER_BYTES = 1_048_576;

/** Where the bytes go. */
export interface FrameSink {
  /** Writes at least one byte. */
  write(bytes: Uint8Array): Promise<number>;
}

/** What is told to the owner of an outbox. */
export interface OutboxEvents {
  /** There is room again. */
  room(): void;
  /** A write failed: the VMM is gone. */
  failed(error: unknown): void;
}

/** The sending half. */
export class FrameOutbox {
  readonly #sink: FrameSink;
  readonly #events: OutboxEvents;
  #filling: Memory = newVectorMemory(BUFFER_BYTES);
  #spare: Memory = newVectorMemory(BUFFER_BYTES);
  #filled = 0;
  #writing = false;
  #closed = false;

  constructor(sink: FrameSink, events: OutboxEvents) {
    this.#sink = sink;
    this.#events = events;
  }

  /** Where {@linkcode begin} places frames; another one after each write. */
  get memory(): Memory {
    return this.#filling;
  }

  /**
   * Begins a frame, which the caller has to write whole before anything else happens.
   *
   * @param length of the frame, in bytes
   * @returns where it belongs in {@linkcode memory}; -1 where there is no room
   */
  begin(length: number): number {
    const at = this.#filled + LENGTH_BYTES;
    if (this.#closed || at + length > BUFFER_BYTES) return -1;
    putU32(this.#filling.bytes, this.#filled, length);
    this.#filled = at + length;
    return at;
  }

  /** Has what waits written. */
  flush(): void {
    if (!this.#writing && this.#filled > 0 && !this.#closed) void this.#write();
  }

  /** Drops what waits. */
  close(): void {
    this.#closed = true;
    this.#filled = 0;
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#filled > 0 && !this.#closed) {
        const batch = this.#filling.bytes.subarray(0, this.#filled);
        [this.#filling, this.#spare] = [this.#spare, this.#filling];
        this.#filled = 0;
        this.#events.room();
        for (let at = 0; at < batch.length && !this.#closed;) {
          at += await this.#sink.write(batch.subarray(at));
        }
      }
    } catch (error) {
      if (!this.#closed) this.#events.failed(error);
      this.close();
    } finally {
      this.#writing = false;
    }
  }
}
