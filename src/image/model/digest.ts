/**
 * Digests, and the stream that nobody can read to its end without having it verified.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { SmolvmError } from "../../error.ts";
import type { Digest } from "./image.ts";

/** What a blob must be. */
export interface Expected {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** The digest of bytes in memory. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The hex digits of a digest: the name of folders and files. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/**
 * Checks bytes in memory.
 *
 * @param what names them in the error: `the manifest`
 * @throws {SmolvmError} kind `image`
 */
export function verifyBytes(bytes: Uint8Array, expected: Digest, what: string): void {
  const actual = digestOf(bytes);
  if (actual !== expected) throw mismatch(what, `its digest is ${actual}, not ${expected}`);
}

/**
 * Checks a blob in memory.
 *
 * @param what names it in the error: `the manifest`
 * @throws {SmolvmError} kind `image` when digest or size are others
 */
export function verifyBlob(bytes: Uint8Array, { digest, size }: Expected, what: string): void {
  verifyBytes(bytes, digest, what);
  if (bytes.byteLength !== size) {
    throw mismatch(what, `it has ${bytes.byteLength} bytes, not the ${size} announced`);
  }
}

/** Counts and hashes what passes, and judges it at the end. */
export class Verifier {
  readonly #hash = createHash("sha256");
  readonly #expected: Expected;
  #bytes = 0;

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  /** Bytes seen so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes the next bytes.
   *
   * @throws {SmolvmError} kind `image` as soon as there are too many
   */
  update(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    Verifier.judgeLength(this.#expected, this.#bytes, false);
    this.#hash.update(chunk);
  }

  /**
   * Judges the whole.
   *
   * @throws {SmolvmError} kind `image` when size or digest are not as expected
   */
  finish(): void {
    Verifier.judge(this.#expected, this.#bytes, this.#hash.digest("hex"));
  }

  /**
   * Judges what was counted and hashed elsewhere.
   *
   * @param hex the SHA-256 digest
   * @throws {SmolvmError} kind `image` when size or digest are not as expected
   */
  static judge(expected: Expected, bytes: number, hex: string): void {
    Verifier.judgeLength(expected, bytes, true);
    const actual = `sha256:${hex}`;
    if (actual !== expected.digest) throw mismatch(expected.digest, `its content has the digest ${actual}`);
  }

  /**
   * Judges a length so far, or at the end.
   *
   * @throws {SmolvmError} kind `image` when it is too long, or at its end too short
   */
  static judgeLength({ digest, size }: Expected, bytes: number, atEnd: boolean): void {
    if (bytes > size) throw mismatch(digest, `it is longer than the ${size} bytes announced`);
    if (atEnd && bytes !== size) throw mismatch(digest, `it has ${bytes} bytes, not the ${size} announced`);
  }
}

/**
 * Passes a stream on.
 *
 * @throws {SmolvmError} kind `image` at its end, unless size and digest are as expected
 */
export async function* verified(
  stream: AsyncIterable<Uint8Array>,
  expected: Expected,
): AsyncGenerator<Uint8Array, void> {
  const verifier = new Verifier(expected);
  for await (const chunk of stream) {
    verifier.update(chunk);
    yield chunk;
  }
  verifier.finish();
}

function mismatch(what: string, reason: string): SmolvmError {
  return new SmolvmError("image", { action: "verify", subject: what, reason });
}
