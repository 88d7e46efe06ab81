/**
 * A key that signs releases, in the form of `minisign -G -W`, for one test.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { generateKeyPairSync, randomBytes } from "node:crypto";

/** Its secret line. */
export function secretLine(): string {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const seed = privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32);
  const own = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const head = Buffer.from("Ed\0\0B2", "latin1"); // no key derivation: no password
  return Buffer.concat([head, Buffer.alloc(48), randomBytes(8), seed, own, Buffer.alloc(32)]).toString(
    "base64",
  );
}
