/**
 * Credit of one channel in one direction: how many bytes may be on their way. Pure.
 *
 * @module
 */
import { ProtocolError } from "./frames.ts";

/** Bytes a sender may have outstanding on a fresh channel. */
export const INITIAL_CREDIT = 256 * 1024;

/** A receiver gives credit back in steps of at least this many bytes, unless it is told otherwise. */
const WINDOW_STEP = INITIAL_CREDIT / 2;

/** The sender's side: what it may still send, and who waits for more. */
export class SendCredit {
  #available = INITIAL_CREDIT;
  #heldBack = 0;
  #waiters: (() => void)[] = [];

  /** What may be sent now. */
  get available(): number {
    return Math.max(0, this.#available - this.#heldBack);
  }

  /** Leaves so many bytes of the credit unused from now on. */
  holdBack(bytes: number): void {
    this.#heldBack = bytes;
    if (this.available > 0) this.wake();
  }

  /** Takes up to `wanted` bytes of credit at once; 0 when there is none. */
  take(wanted: number): number {
    const taken = Math.min(wanted, this.available);
    this.#available -= taken;
    return taken;
  }

  /** Settles when there may be credit again. */
  wait(): Promise<void> {
    if (this.available > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /**
   * Adds what the receiver gave back.
   *
   * @throws {ProtocolError} when that is more than was ever sent
   */
  add(bytes: number): void {
    if (bytes === 0 || this.#available + bytes > INITIAL_CREDIT) {
      throw new ProtocolError(`window update of ${bytes} bytes beside ${this.#available} available`);
    }
    this.#available += bytes;
    this.wake();
  }

  /** Lets every waiter look again: there is credit, or the stream is over. */
  wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

/** The receiver's side: what the peer may still send, and what was consumed but not given back yet. */
export class ReceiveCredit {
  #granted = INITIAL_CREDIT;
  /** Credit is given back in steps of at least this many bytes. */
  step = WINDOW_STEP;
  #consumed = 0;

  /**
   * Notes bytes that came in.
   *
   * @throws {ProtocolError} when the peer had no credit for them
   */
  receive(bytes: number): void {
    if (bytes > this.#granted) {
      throw new ProtocolError(`${bytes} bytes sent with credit for ${this.#granted}`);
    }
    this.#granted -= bytes;
  }

  /** Notes bytes that were consumed; returns what is to be given back now, 0 for nothing yet. */
  consume(bytes: number): number {
    this.#consumed += bytes;
    if (this.#consumed < this.step) return 0;
    const back = this.#consumed;
    this.#consumed = 0;
    this.#granted += back;
    return back;
  }
}
