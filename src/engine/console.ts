/**
 * The end of what a VMM and its guest's console wrote: bounded, and without control bytes when shown.
 *
 * @module
 */
import { plainText } from "../text/plain_text.ts";

/** Bytes kept; the guest may write without end. */
const KEPT_BYTES = 65_536;

/** A tail of text. */
export class ConsoleTail {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** Adds bytes, forgetting the oldest. */
  add(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice(-KEPT_BYTES));
    this.#bytes += Math.min(bytes.length, KEPT_BYTES);
    for (
      let first = this.#chunks[0];
      first && this.#bytes - first.length >= KEPT_BYTES;
      first = this.#chunks[0]
    ) {
      this.#bytes -= first.length;
      this.#chunks.shift();
    }
  }

  /** The last lines that are not empty, oldest first, control bytes removed. */
  lines(count: number): string[] {
    const decoder = new TextDecoder();
    const text = this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
    return plainText(text).split("\n").map((line) => line.trimEnd()).filter((line) => line !== "").slice(
      -count,
    );
  }
}
