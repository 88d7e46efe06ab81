/**
 * Frames on their way out, in two buffers: one is filled while the other is written, so that many frames are
 * one write and none is copied twice. Senders of data wait for room, first come first served.
 *
 * @module
 */
import { FrameType, HEADER_BYTES, MAX_FRAME_BYTES, putHeader } from "./frames.ts";
import type { Transport } from "./transport.ts";

/** Bytes that may wait before a sender of data has to. */
const HIGH_WATER = 4 * MAX_FRAME_BYTES;

/** Room for one more frame of data behind them, and for some control frames. */
const BUFFER_BYTES = HIGH_WATER + 2 * MAX_FRAME_BYTES;

/** The sending half of a link. */
export class Outbox {
  readonly #transport: Transport;
  readonly #failed: (error: unknown) => void;
  #filling = new Uint8Array(BUFFER_BYTES);
  #filled = 0;
  #spare = new Uint8Array(BUFFER_BYTES);
  #writing = false;
  #closed = false;
  #waiters: (() => void)[] = [];

  /**
   * @param transport where frames go
   * @param failed called once when a write fails
   */
  constructor(transport: Transport, failed: (error: unknown) => void) {
    this.#transport = transport;
    this.#failed = failed;
  }

  /** Queues a whole frame at once: for control frames, which are few and small. */
  post(frame: Uint8Array): void {
    if (this.#closed) return;
    const at = this.#reserve(frame.length);
    this.#filling.set(frame, at);
    this.#start();
  }

  /** Queues a frame of data; the caller has seen that there is room. */
  postData(stream: number, channel: number, bytes: Uint8Array): void {
    if (this.#closed) return;
    const at = this.#reserve(HEADER_BYTES + 1 + bytes.length);
    putHeader(this.#filling, at, { stream, type: FrameType.data, length: 1 + bytes.length });
    this.#filling[at + HEADER_BYTES] = channel;
    this.#filling.set(bytes, at + HEADER_BYTES + 1);
    this.#start();
  }

  /** Whether a frame of data may be posted now, nobody waiting for longer. */
  get hasRoom(): boolean {
    return this.#closed || (this.#filled < HIGH_WATER && this.#waiters.length === 0);
  }

  /** Settles when there may be room. */
  room(): Promise<void> {
    return new Promise<void>((resolve) => this.#closed ? resolve() : this.#waiters.push(resolve));
  }

  /** Drops what waits and lets every waiter go. */
  close(): void {
    this.#closed = true;
    this.#filled = 0;
    this.#wake();
  }

  /** Place for so many bytes; control frames that do not fit make the buffer grow. */
  #reserve(length: number): number {
    const at = this.#filled;
    this.#filled += length;
    if (this.#filled > this.#filling.length) {
      const larger = new Uint8Array(2 * this.#filled);
      larger.set(this.#filling.subarray(0, at));
      this.#filling = larger;
    }
    return at;
  }

  #start(): void {
    if (!this.#writing) void this.#write();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      // What else is posted in this turn goes with it.
      await Promise.resolve();
      while (this.#filled > 0) {
        const batch = this.#filling.subarray(0, this.#filled);
        this.#filling = this.#spare;
        this.#filled = 0;
        this.#wake();
        for (let at = 0; at < batch.length;) at += await this.#transport.write(batch.subarray(at));
        this.#spare = batch.buffer.byteLength > BUFFER_BYTES
          ? new Uint8Array(BUFFER_BYTES)
          : new Uint8Array(batch.buffer);
      }
    } catch (error) {
      this.close();
      this.#failed(error);
    } finally {
      this.#writing = false;
    }
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
