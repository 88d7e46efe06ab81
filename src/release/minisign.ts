/**
 * Signatures of minisign (jedisct1.github.io/minisign, "Signature format"): Ed25519 over a BLAKE2b-512 digest of a file, and
 * over a comment that is trusted with it. Pure.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash, createPublicKey, verify } from "node:crypto";

/** A key that signs releases: its number, by which a signature names it, and its bytes. */
export interface PublicKey {
  readonly number: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What a good signature says. */
export interface SignedWords {
  /** The comment that is trusted, such as the file's name. */
  readonly comment: string;
}

/** DER of a public Ed25519 key, in front of its 32 bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Reads a public key: the one line, or minisign's file of two.
 *
 * @throws {TypeError} when it is none
 */
export function parsePublicKey(text: string): PublicKey {
  const bytes = Buffer.from(text.trim().split("\n").at(-1) ?? "", "base64");
  if (bytes.length !== 42 || bytes.toString("latin1", 0, 2) !== "Ed") {
    throw new TypeError("Cannot read the key: it is no public key of minisign");
  }
  return { number: bytes.subarray(2, 10), bytes: bytes.subarray(10) };
}

/** The digest that is signed in place of a file. */
export function signedDigest(file: Uint8Array): Uint8Array {
  return createHash("blake2b512").update(file).digest();
}

/**
 * Verifies a file.
 *
 * @param signature the text of its `.minisig`
 * @throws {TypeError} when the signature is another key's, or not this file's, or its comment was changed
 */
export function verifyFile(file: Uint8Array, signature: string, key: PublicKey): SignedWords {
  const lines = signature.split("\n").map((line) => line.trimEnd());
  const [about, whole] = [Buffer.from(lines[1] ?? "", "base64"), Buffer.from(lines[3] ?? "", "base64")];
  const comment = /^trusted comment: (.*)$/.exec(lines[2] ?? "")?.[1];
  if (
    about.length !== 74 || whole.length !== 64 || comment === undefined ||
    about.toString("latin1", 0, 2) !== "ED"
  ) {
    throw new TypeError("Cannot verify the file: its signature is none of minisign's");
  }
  if (!about.subarray(2, 10).equals(key.number)) {
    throw new TypeError("Cannot verify the file: another key has signed it");
  }
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, key.bytes]),
    format: "der",
    type: "spki",
  });
  const bare = about.subarray(10);
  const good = verify(null, signedDigest(file), publicKey, bare) &&
    verify(null, Buffer.concat([bare, Buffer.from(comment)]), publicKey, whole);
  if (!good) throw new TypeError("Cannot verify the file: it was changed after it was signed");
  return { comment };
}
