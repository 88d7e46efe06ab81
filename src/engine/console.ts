/**
 * The end of what a VMM and its guest's console wrote: bounded, and without control bytes when shown.
 *
 * @module
 */

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

/** Text without control characters but newlines, and without the escape sequences of terminals. */
export function plainText(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what is taken out
  const withoutSequences = text.replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]/g, "");
  // deno-lint-ignore no-control-regex -- they are what is taken out
  return withoutSequences.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, "");
}
