/**
 * Unpacks one part of the payload into the cache, once, whole and verified. A part's folder is named by its
 * digest; a stamp beside the file says what the verified file looked like, so that a later change or loss is
 * noticed by a stat and mended, and bytes are hashed again only when something differs.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import type { LocatedPayload, PayloadPart } from "./payload_format.ts";
import { fileDigest } from "../files/file_digest.ts";

/** How long another process may take to unpack the same part, in milliseconds. */
const LOCK_DEADLINE = 120_000;

/** Chunks of this size keep the number of calls per part low. */
const CHUNK = 1024 * 1024;

/**
 * Path of the verified part in the cache, unpacked first if it is absent, changed or incomplete.
 *
 * @param cache folder below which `parts/SHA256/NAME` is kept
 * @throws {SmolvmError} kind `state`
 */
export async function unpackedPart(payload: LocatedPayload, name: string, cache: string): Promise<string> {
  const part = payload.index.parts.find((candidate) => candidate.name === name);
  if (!part) throw failure(name, payload.file, "the binary does not carry it");
  const folder = join(cache, "parts", part.sha256);
  const file = join(folder, name);
  const stamp = join(folder, "verified");
  if (await isVerified(file, stamp)) return file;
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    using _lock = await FileLock.acquire(join(folder, "lock"), {
      signal: AbortSignal.timeout(LOCK_DEADLINE),
    });
    if (await isVerified(file, stamp)) return file;
    if (!await hasDigest(file, part)) await unpack(payload, part, file);
    await Deno.writeTextFile(stamp, await look(file) ?? "");
    return file;
  } catch (cause) {
    if (cause instanceof SmolvmError) throw cause;
    throw failure(name, file, (cause as Error).message, cause);
  }
}

/** Whether the file is the one that was verified; a lost or half-written stamp only means "verify again". */
async function isVerified(file: string, stamp: string): Promise<boolean> {
  const seen = await look(file);
  if (seen === undefined) return false;
  try {
    return await Deno.readTextFile(stamp) === seen;
  } catch {
    return false;
  }
}

/** What tells one state of a file from another without reading it; ctime moves with every write and rename. */
async function look(file: string): Promise<string | undefined> {
  try {
    const info = await Deno.lstat(file);
    if (!info.isFile) return undefined;
    return [info.size, info.ino, info.mtime?.getTime(), info.ctime?.getTime()].join(" ");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function hasDigest(file: string, part: PayloadPart): Promise<boolean> {
  try {
    if ((await Deno.lstat(file)).size !== part.size) return false;
    return await fileDigest(file) === part.sha256;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Writes the part beside its place, checks it, and moves it there; the caller holds the folder's lock. */
async function unpack(payload: LocatedPayload, part: PayloadPart, file: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  const start = payload.partsStart + part.offset;
  const hash = createHash("sha256");
  let size = 0;
  const verify = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(size > part.size ? new Error("more bytes than the index says") : null, chunk);
    },
  });
  await Deno.remove(unfinished).catch(() => {});
  try {
    if (part.storedSize === 0) throw new Error("the index gives it no bytes");
    await pipeline(
      createReadStream(payload.file, { start, end: start + part.storedSize - 1, highWaterMark: CHUNK }),
      createZstdDecompress({ chunkSize: CHUNK }),
      verify,
      createWriteStream(unfinished, { mode: 0o600, highWaterMark: CHUNK, flush: true }),
    );
    if (size !== part.size || hash.digest("hex") !== part.sha256) throw new Error("its digest differs");
    await Deno.chmod(unfinished, part.executable ? 0o555 : 0o444);
    await Deno.rename(unfinished, file);
  } catch (cause) {
    await Deno.remove(unfinished).catch(() => {});
    throw failure(part.name, payload.file, (cause as Error).message, cause);
  }
}

function failure(part: string, subject: string, reason: string, cause?: unknown): SmolvmError {
  return new SmolvmError("state", { action: `unpack ${part} from`, subject, reason, cause });
}
