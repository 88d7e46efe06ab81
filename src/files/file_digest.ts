/**
 * The digest of a file's bytes.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Bytes read at a time. */
const PIECE = 262_144;

/**
 * SHA-256 of a file, read piece by piece.
 *
 * @returns 64 hex digits
 * @throws {Deno.errors} when it cannot be read
 */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const buffer = new Uint8Array(PIECE);
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    hash.update(buffer.subarray(0, count));
  }
  return hash.digest("hex");
}
