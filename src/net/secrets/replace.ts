/**
 * Finds placeholders in bytes, and puts values in their place as the place wants them written. Pure.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { PLACEHOLDER_LENGTH, type Secret } from "./secrets.ts";

/** A placeholder was found that must not go there. */
export class ForeignSecret extends Error {
  override readonly name = "ForeignSecret";
  readonly secret: string;

  constructor(secret: string) {
    super(`The placeholder of ${secret} goes elsewhere`);
    this.secret = secret;
  }
}

/** How a value is written where it stands. */
export type Writing = (value: string) => string;

/** Bytes of UTF-8, one character each, as text that is read as Latin-1 has them. */
export function plainly(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}

/** In a URL's path or query, and in a form (WHATWG URL, application/x-www-form-urlencoded). */
export function inUrl(value: string): string {
  return encodeURIComponent(value);
}

/** In a string of JSON. */
export function inJson(value: string): string {
  return plainly(JSON.stringify(value).slice(1, -1));
}

/** Puts values in the place of placeholders. @param text bytes as Latin-1 */
export function replaced(text: string, secrets: readonly Secret[], write: Writing): string {
  return secrets.reduce(
    (before, { placeholder, value }) =>
      before.includes(placeholder) ? before.replaceAll(placeholder, () => write(value)) : before,
    text,
  );
}

/** Refuses text with one of these placeholders, as it is or within Basic credentials. @throws {ForeignSecret} */
export function refuse(text: string, secrets: readonly Secret[]): void {
  if (secrets.length === 0) return;
  const decoded = [...text.matchAll(/\bBasic[ \t]+([A-Za-z0-9+/=]+)/gi)].map(([, words = ""]) =>
    decode(words)
  );
  for (const { placeholder, name } of secrets) {
    if ([text, ...decoded].some((one) => one.includes(placeholder))) throw new ForeignSecret(name);
  }
}

/** Credentials of Basic (RFC 7617), which are base64, with values in the place of placeholders. */
export function replacedBasic(words: string, secrets: readonly Secret[]): string {
  const before = decode(words);
  const after = replaced(before, secrets, plainly);
  return after === before ? words : Buffer.from(after, "latin1").toString("base64");
}

function decode(words: string): string {
  return Buffer.from(words, "base64").toString("latin1");
}

/** Looks for placeholders in a stream, also where one lies in two pieces of it. */
export class Scanner {
  #tail = "";

  /** @throws {ForeignSecret} before the last byte of a placeholder has gone on */
  look(bytes: Uint8Array, secrets: readonly Secret[]): void {
    if (secrets.length === 0) return;
    const text = this.#tail + latin1(bytes);
    for (const { placeholder, name } of secrets) {
      if (text.includes(placeholder)) throw new ForeignSecret(name);
    }
    this.#tail = text.slice(1 - PLACEHOLDER_LENGTH);
  }
}

/** Length of the longest end of a text with which a placeholder may begin. */
export function begunAtEnd(text: string, secrets: readonly Secret[]): number {
  for (let length = Math.min(PLACEHOLDER_LENGTH - 1, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (secrets.some(({ placeholder }) => placeholder.startsWith(end))) return length;
  }
  return 0;
}

/** Each byte as a character. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The bytes again. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
