/**
 * A chunked body (RFC 9112 7.1) on its way: byte for byte as it came, but for placeholders, which become values and
 * their chunks longer. Pure.
 *
 * @module
 */
import { begunAtEnd, replaced, type Writing } from "./replace.ts";
import type { Secret } from "./secrets.ts";

/** Largest chunk that is looked into, in bytes; longer ones pass as they are. */
const MAX_CHUNK = 65_536;

/** Longest line of a chunk's size with its extensions, and of a trailer field. */
const MAX_LINE = 16_384;

/** It is none: whoever reads it next may see another end. */
export class ChunkError extends Error {
  override readonly name = "ChunkError";
}

/** One body. */
export class ChunkedBody {
  readonly #secrets: readonly Secret[];
  readonly #write: Writing;
  #state: "size" | "data" | "passing" | "trailer" = "size";
  /** Bytes of the chunk, with its CR LF, that are to come. */
  #left = 0;
  #line = "";
  /** Data that may be the beginning of a placeholder. */
  #kept = "";

  constructor(secrets: readonly Secret[], write: Writing) {
    this.#secrets = secrets;
    this.#write = write;
  }

  /**
   * Takes what has come.
   *
   * @param text bytes as Latin-1
   * @returns what goes on, how many characters were taken, and whether that was the end
   * @throws {ChunkError}
   */
  take(text: string): { readonly out: string; readonly taken: number; readonly over: boolean } {
    let [out, at] = ["", 0];
    for (;;) {
      if (this.#state === "passing") {
        const piece = text.slice(at, at + this.#left);
        out += piece;
        at += piece.length;
        this.#left -= piece.length;
        if (this.#left > 0) return { out, taken: at, over: false };
        this.#state = "size";
        continue;
      }
      if (this.#state === "data") {
        if (text.length - at < this.#left) return { out, taken: at, over: false };
        out += this.#chunk(text.slice(at, at + this.#left));
        at += this.#left;
        this.#state = "size";
        continue;
      }
      const end = text.indexOf("\r\n", at);
      if (end < 0 && text.length - at > MAX_LINE) throw new ChunkError();
      if (end < 0) return { out, taken: at, over: false };
      const line = text.slice(at, end);
      at = end + 2;
      if (this.#state === "trailer") {
        out += `${line}\r\n`;
        if (line === "") return { out, taken: at, over: true };
        continue;
      }
      out += this.#begin(line);
    }
  }

  /** A size line. @returns what goes on before its data */
  #begin(line: string): string {
    const [, digits] = /^([0-9a-f]{1,12})[ \t]*(?:;[^\r\n]*)?$/i.exec(line) ?? [];
    if (digits === undefined) throw new ChunkError();
    const size = parseInt(digits, 16);
    this.#line = line;
    this.#left = size + 2;
    if (size > 0 && size <= MAX_CHUNK) {
      this.#state = "data";
      return "";
    }
    // What was kept goes as a chunk of its own before one that is not looked into.
    const before = this.#kept === "" ? "" : chunkOf(this.#kept);
    this.#kept = "";
    this.#state = size === 0 ? "trailer" : "passing";
    return `${before}${line}\r\n`;
  }

  #chunk(data: string): string {
    if (!data.endsWith("\r\n")) throw new ChunkError();
    const whole = this.#kept + data.slice(0, -2);
    const now = replaced(whole, this.#secrets, this.#write);
    const kept = begunAtEnd(now, this.#secrets);
    const untouched = this.#kept === "" && kept === 0 && now === whole;
    this.#kept = now.slice(now.length - kept);
    if (untouched) return `${this.#line}\r\n${data}`;
    return now.length === kept ? "" : chunkOf(now.slice(0, now.length - kept));
  }
}

function chunkOf(data: string): string {
  return `${data.length.toString(16)}\r\n${data}\r\n`;
}
