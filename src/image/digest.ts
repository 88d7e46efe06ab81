/**
 * Digests, and the stream that nobody can read to its end without having it verified.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { SmolvmError } from "../error.ts";
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
    if (this.#bytes > this.#expected.size) {
      throw mismatch(this.#expected.digest, `it is longer than the ${this.#expected.size} bytes announced`);
    }
    this.#hash.update(chunk);
  }

  /**
   * Judges the whole.
   *
   * @throws {SmolvmError} kind `image` when size or digest are not as expected
   */
  finish(): void {
    const { digest, size } = this.#expected;
    if (this.#bytes !== size) {
      throw mismatch(digest, `it has ${this.#bytes} bytes, not the ${size} announced`);
    }
    const actual = `sha256:${this.#hash.digest("hex")}`;
    if (actual !== digest) throw mismatch(digest, `its content has the digest ${actual}`);
  }
}

/** Passes a stream on; it ends with an error unless size and digest are as expected. */
export function verifyStream(
  stream: ReadableStream<Uint8Array>,
  expected: Expected,
): ReadableStream<Uint8Array> {
  const verifier = new Verifier(expected);
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        verifier.update(chunk);
        controller.enqueue(chunk);
      },
      flush: () => verifier.finish(),
    }),
  );
}

function mismatch(what: string, reason: string): SmolvmError {
  return new SmolvmError("image", { action: "verify", subject: what, reason });
}
