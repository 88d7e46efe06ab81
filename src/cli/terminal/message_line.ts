/**
 * Messages for a person on one stream, and a line there that shows how far something is. A message takes the
 * progress line away before it is written, so that neither stands behind the other on a terminal.
 *
 * @module
 */
import { plainText } from "../../text/plain_text.ts";
import { type SyncOutput, writeBytes } from "./write_bytes.ts";

/** The stream: this process's stderr, or what a test looks at. */
export interface MessageStream extends SyncOutput {
  isTerminal(): boolean;
}

/** Carriage return, then "erase to the end of the line" (ECMA-48, EL). */
const CLEAR = "\r\x1b[K";

/** Writes messages and the progress line. */
export class MessageLine {
  readonly #stream: MessageStream;
  readonly #encoder = new TextEncoder();
  #progressShown = false;

  constructor(stream: MessageStream) {
    this.#stream = stream;
  }

  /** Writes a line for a person: nothing when the stream is not a terminal. */
  notice(text: string): void {
    if (this.#stream.isTerminal()) this.warn(text);
  }

  /** Writes a line in any case. */
  warn(text: string): void {
    this.progress("");
    this.#write(`smolvm: ${plainText(text)}\n`);
  }

  /** Rewrites the progress line, on a terminal only; the empty text takes it away. */
  progress(text: string): void {
    if (text === "" ? !this.#progressShown : !this.#stream.isTerminal()) return;
    this.#progressShown = text !== "";
    this.#write(`${CLEAR}${plainText(text)}`);
  }

  #write(text: string): void {
    writeBytes(this.#stream, this.#encoder.encode(text));
  }
}
