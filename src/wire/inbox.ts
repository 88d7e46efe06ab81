/**
 * What came in on one channel and was not read yet: a ring as large as the channel's credit, so that neither a
 * peer nor a slow reader can make it grow. Pure.
 *
 * @module
 */
import { INITIAL_CREDIT, ReceiveCredit } from "./credit.ts";

/** The receiving half of one channel. */
export class Inbox {
  readonly #credit = new ReceiveCredit();
  #ring: Uint8Array | undefined;
  #start = 0;
  #length = 0;
  /** Bytes at the start that a reader holds. */
  #held = 0;
  #ended = false;
  #waiters: (() => void)[] = [];

  /**
   * Takes bytes in; they are copied, so the caller may reuse its buffer.
   *
   * @throws {ProtocolError} when the peer had no credit for them
   */
  push(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#credit.receive(bytes.length);
    const ring = this.#ring ??= new Uint8Array(INITIAL_CREDIT);
    const at = (this.#start + this.#length) % ring.length;
    const first = bytes.subarray(0, ring.length - at);
    ring.set(first, at);
    ring.set(bytes.subarray(first.length), 0);
    this.#length += bytes.length;
    this.#wake();
  }

  /** Marks the end of the channel; what came before can still be read. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Ends the channel and drops what nobody read. */
  abort(): void {
    this.#length = 0;
    this.#held = 0;
    this.end();
  }

  /** What was read last has been consumed; returns the credit to give back for it now, 0 for none yet. */
  release(): number {
    const held = this.#held;
    this.#held = 0;
    this.#length -= held;
    // An empty ring begins where memory was used already.
    this.#start = this.#length === 0 ? 0 : (this.#start + held) % INITIAL_CREDIT;
    return this.#credit.consume(held);
  }

  /** The next bytes, `null` at the end. They are a view, valid until they are released. */
  async read(): Promise<Uint8Array | null> {
    while (!this.#ring || this.#length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    this.#held = Math.min(this.#length, this.#ring.length - this.#start);
    return this.#ring.subarray(this.#start, this.#start + this.#held);
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
