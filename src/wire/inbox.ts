/**
 * What came in on one channel and was not read yet: a ring that is never larger than the channel's credit,
 * however fast the peer and however slow the reader, and that a channel has only while bytes wait in it. Pure.
 *
 * @module
 */
import { INITIAL_CREDIT, ReceiveCredit } from "./credit.ts";
import { giveRing, takeRing } from "./rings.ts";

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
    const ring = this.#room(bytes.length);
    const at = (this.#start + this.#length) % ring.length;
    const first = bytes.subarray(0, ring.length - at);
    ring.set(first, at);
    ring.set(bytes.subarray(first.length), 0);
    this.#length += bytes.length;
    this.#wake();
  }

  /** Has credit given back in steps of at least so many bytes. */
  stepsOf(bytes: number): void {
    this.#credit.step = bytes;
  }

  /** Marks the end of the channel; what came before can still be read. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Ends the channel and drops what nobody read. */
  abort(): void {
    // A reader may still be at work on what it holds, so no other channel may get this ring.
    if (this.#held > 0) this.#ring = undefined;
    this.#length = 0;
    this.#held = 0;
    this.#giveBack();
    this.end();
  }

  /** What was read last has been consumed; returns the credit to give back for it now, 0 for none yet. */
  release(): number {
    const held = this.#held;
    this.#held = 0;
    this.#length -= held;
    if (this.#length > 0) this.#start = (this.#start + held) % (this.#ring?.length ?? INITIAL_CREDIT);
    else this.#giveBack();
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

  /** A ring with room for so many more bytes; a larger one begins with what waits in the smaller one. */
  #room(bytes: number): Uint8Array {
    const needed = this.#length + bytes;
    if (this.#ring && needed <= this.#ring.length) return this.#ring;
    const ring = takeRing(needed);
    if (this.#ring) {
      const first = this.#ring.subarray(this.#start, this.#start + this.#length);
      ring.set(first);
      ring.set(this.#ring.subarray(0, this.#length - first.length), first.length);
    }
    // The smaller ring is not given back: a reader may hold bytes of it.
    this.#start = 0;
    return this.#ring = ring;
  }

  #giveBack(): void {
    if (this.#ring) giveRing(this.#ring);
    this.#ring = undefined;
    this.#start = 0;
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
