/**
 * Signs a release's list of digests as minisign does, so that minisign, openssl and smolvm verify it. Pure.
 *
 * minisign and not cosign, because people have it (Debian, Alpine, Homebrew, one static program), because a key of 32 bytes is
 * all there is, and because openssl alone can check it too: cosign wants a service, or a bundle that only cosign reads.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createPrivateKey, sign } from "node:crypto";
import { signedDigest } from "../../src/release/minisign.ts";

/** A key that signs. */
export interface SecretKey {
  readonly number: Uint8Array;
  readonly seed: Uint8Array;
  readonly public: Uint8Array;
}

/** DER of a private Ed25519 key, in front of its 32 bytes (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Reads a secret key without a password, as `minisign -G -W` makes it: the one line, or the file of two.
 *
 * Its checksum (BLAKE2b-256, which node:crypto lacks) is not looked at: the release verifies what it has signed.
 *
 * @throws {TypeError} when it is none, or has a password
 */
export function parseSecretKey(text: string): SecretKey {
  const bytes = Buffer.from(text.trim().split("\n").at(-1) ?? "", "base64");
  if (bytes.length !== 158 || bytes.toString("latin1", 0, 2) !== "Ed") {
    throw new TypeError("Cannot read the key: it is no secret key of minisign");
  }
  if (bytes.readUInt16LE(2) !== 0) {
    throw new TypeError("Cannot use the key: it has a password; make one with minisign -G -W");
  }
  const [number, seed, own] = [bytes.subarray(54, 62), bytes.subarray(62, 94), bytes.subarray(94, 126)];
  return { number, seed, public: own };
}

/** The public key as one line, as `minisign -P` takes it. */
export function publicLine(key: SecretKey): string {
  return Buffer.concat([Buffer.from("Ed"), key.number, key.public]).toString("base64");
}

/** The text of a file's `.minisig`. @param comment trusted with it: one line */
export function signFile(file: Uint8Array, key: SecretKey, comment: string): string {
  const secret = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, key.seed]),
    format: "der",
    type: "pkcs8",
  });
  const bare = sign(null, signedDigest(file), secret);
  const whole = sign(null, Buffer.concat([bare, Buffer.from(comment)]), secret);
  const about = Buffer.concat([Buffer.from("ED"), key.number, bare]);
  return [
    "untrusted comment: signature from the key that signs smolvm's releases",
    about.toString("base64"),
    `trusted comment: ${comment}`,
    whole.toString("base64"),
    "",
  ].join("\n");
}
