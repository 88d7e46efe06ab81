/**
 * Reads one small part of the payload into memory, for whoever may make no file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { SmolvmError } from "../error.ts";
import type { LocatedPayload } from "./payload_format.ts";

/** Largest part that is read so, in bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * A part's bytes, checked by size and digest.
 *
 * @throws {SmolvmError} kind `state`
 */
export function partBytes(payload: LocatedPayload, name: string): Uint8Array {
  const part = payload.index.parts.find((candidate) => candidate.name === name);
  if (!part) throw failure(name, payload.file, "the binary does not carry it");
  try {
    if (part.size > MOST_BYTES || part.storedSize > MOST_BYTES) throw new Error("it is too large");
    const stored = readAt(payload.file, payload.partsStart + part.offset, part.storedSize);
    const bytes = zstdDecompressSync(stored, { maxOutputLength: part.size });
    if (createHash("sha256").update(bytes).digest("hex") !== part.sha256) {
      throw new Error("its digest differs");
    }
    return bytes;
  } catch (cause) {
    throw failure(name, payload.file, (cause as Error).message, cause);
  }
}

function readAt(path: string, position: number, length: number): Uint8Array {
  using file = Deno.openSync(path);
  file.seekSync(position, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) throw new Error("the file ends within it");
    at += count;
  }
  return bytes;
}

function failure(part: string, subject: string, reason: string, cause?: unknown): SmolvmError {
  return new SmolvmError("state", { action: `read ${part} from`, subject, reason, cause });
}
