/**
 * What came in on one channel and was not read yet, bounded by the channel's credit. Pure.
 *
 * @module
 */
import { ReceiveCredit } from "./credit.ts";

/** The receiving half of one channel. */
export class Inbox {
  readonly #credit = new ReceiveCredit();
  #chunks: Uint8Array[] = [];
  #ended = false;
  #waiters: (() => void)[] = [];

  /**
   * Takes bytes in; they are copied, so the caller may reuse its buffer and a peer cannot make a byte
   * hold a whole buffer.
   *
   * @throws {ProtocolError} when the peer had no credit for them
   */
  push(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#credit.receive(bytes.length);
    this.#chunks.push(bytes.slice());
    this.#wake();
  }

  /** Marks the end of the channel; what came before can still be read. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Ends the channel and drops what nobody read. */
  abort(): void {
    this.#chunks = [];
    this.end();
  }

  /**
   * The next bytes, and the credit to give back for them; `null` at the end.
   */
  async read(): Promise<{ bytes: Uint8Array; credit: number } | null> {
    for (;;) {
      const bytes = this.#chunks.shift();
      if (bytes) return { bytes, credit: this.#credit.consume(bytes.length) };
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
