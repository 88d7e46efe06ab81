/**
 * Frames on their way out: joined into few writes, written in order, with back-pressure. Waiting senders
 * are served first come first served, one frame each, so no stream starves another.
 *
 * @module
 */
import { MAX_FRAME_BYTES } from "./frames.ts";
import type { Transport } from "./transport.ts";

/** Bytes that may wait before a sender has to. */
const HIGH_WATER = 4 * MAX_FRAME_BYTES;

/** The sending half of a link. */
export class Outbox {
  readonly #transport: Transport;
  #queue: Uint8Array[] = [];
  #bytes = 0;
  #writing = false;
  #closed = false;
  #waiters: (() => void)[] = [];
  readonly #failed: (error: unknown) => void;

  /**
   * @param transport where frames go
   * @param failed called once when a write fails
   */
  constructor(transport: Transport, failed: (error: unknown) => void) {
    this.#transport = transport;
    this.#failed = failed;
  }

  /** Queues a frame at once: for control frames, which are few and small. */
  post(frame: Uint8Array): void {
    if (this.#closed) return;
    this.#queue.push(frame);
    this.#bytes += frame.length;
    if (!this.#writing) void this.#write();
  }

  /** Settles when there is room for one more frame of data; the caller posts it at once. */
  async room(): Promise<void> {
    while (this.#bytes >= HIGH_WATER && !this.#closed) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Drops what waits and lets every waiter go. */
  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#bytes = 0;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#queue.length > 0) {
        const batch = this.#nextBatch();
        for (let at = 0; at < batch.length;) at += await this.#transport.write(batch.subarray(at));
        this.#bytes = Math.max(0, this.#bytes - batch.length);
        for (const resolve of this.#waiters.splice(0)) resolve();
      }
    } catch (error) {
      this.close();
      this.#failed(error);
    } finally {
      this.#writing = false;
    }
  }

  /** As many whole frames as fit one write. */
  #nextBatch(): Uint8Array {
    let [count, length] = [0, 0];
    for (const frame of this.#queue) {
      if (count > 0 && length + frame.length > MAX_FRAME_BYTES) break;
      count++;
      length += frame.length;
    }
    const frames = this.#queue.splice(0, count);
    const [only] = frames;
    if (count === 1 && only) return only;
    const batch = new Uint8Array(length);
    let at = 0;
    for (const frame of frames) {
      batch.set(frame, at);
      at += frame.length;
    }
    return batch;
  }
}
