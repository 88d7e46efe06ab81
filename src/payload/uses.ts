/**
 * Which payloads have parts in the cache, and who works with them: for each a record of the binaries that carry it and of its
 * parts, `uses/ID.json`, and a lock, `uses/ID.lock`, that every process which works with the parts shares until it ends. By
 * these sweep_parts.ts tells parts that nobody needs any more.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { removeIfThere } from "../files/remove_if_there.ts";
import { FileLock } from "../host/lock.ts";
import { debug } from "../log.ts";
import type { LocatedPayload, PayloadIndex } from "./payload_format.ts";

/** Held by whoever writes a record, and by a sweep. */
export const TABLE = "lock";

/** Its time is that of the last sweep. */
export const SWEPT = "swept";

/** How long a sweep may keep a process from its parts, in milliseconds. */
const PATIENCE_MILLISECONDS = 10_000;

/** Binaries that a record names at most: copies of one binary, the last ones that were started. */
const MOST_FILES = 16;

const RECORD = ".json";
const LOCK = ".lock";

const useSchema = v.object({
  version: v.literal(1),
  /** Files that carried the payload when they were last started. */
  files: v.array(v.string()),
  /** Digests of its parts. */
  parts: v.array(v.string()),
});

/** What is known of a payload. */
export type PayloadUse = v.InferOutput<typeof useSchema>;

/** Names a payload by all its parts: 32 hex digits. */
export function payloadId({ parts }: Pick<PayloadIndex, "parts">): string {
  const lines = parts.map(({ name, sha256 }) => `${sha256} ${name}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 32);
}

/** Folder of the records. */
export function usesFolder(cache: string): string {
  return join(cache, "uses");
}

/** The files of a payload's record. */
export function useFiles(cache: string, id: string): { readonly record: string; readonly lock: string } {
  const path = join(usesFolder(cache), id);
  return { record: path + RECORD, lock: path + LOCK };
}

/**
 * Notes that this process works with a payload's parts, until it ends. A note that cannot be made is done without: then a
 * sweep may remove parts, which the next start unpacks anew.
 *
 * @returns the hold; `undefined` when none can be had
 */
export async function noteUse(payload: LocatedPayload, cache: string): Promise<FileLock | undefined> {
  const { record, lock } = useFiles(cache, payloadId(payload.index));
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  let held: FileLock | undefined;
  try {
    Deno.mkdirSync(usesFolder(cache), { recursive: true, mode: 0o700 });
    held = await FileLock.acquire(lock, { shared: true, signal });
    const file = resolve(payload.file);
    if (readUse(record)?.files.includes(file)) return held;
    using _table = await FileLock.acquire(join(usesFolder(cache), TABLE), { signal });
    const files = [file, ...readUse(record)?.files ?? []].slice(0, MOST_FILES);
    const parts = payload.index.parts.map(({ sha256 }) => sha256);
    writeUse(record, { version: 1, files, parts });
    // Another payload may be without a binary from now on.
    removeIfThere(join(usesFolder(cache), SWEPT));
  } catch (error) {
    debug("use of parts not noted", { reason: String(error) });
  }
  return held;
}

/** Ids of the payloads that have a record or a lock. */
export function knownPayloads(cache: string): string[] {
  try {
    const names = [...Deno.readDirSync(usesFolder(cache))].map(({ name }) => name);
    const ids = names.flatMap((name) => /^([0-9a-f]{32})\.(json|lock)$/.exec(name)?.[1] ?? []);
    return [...new Set(ids)].sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Whether another process works with parts of the cache: a machine that runs, a `run`. */
export function partsAreUsed(cache: string): boolean {
  return knownPayloads(cache).some((id) => {
    using lock = FileLock.tryAcquire(useFiles(cache, id).lock) ?? null;
    return lock === null;
  });
}

/** A record; `undefined` when it is absent or damaged. */
export function readUse(path: string): PayloadUse | undefined {
  try {
    const result = v.safeParse(useSchema, JSON.parse(Deno.readTextFileSync(path)));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

function writeUse(path: string, use: PayloadUse): void {
  const fresh = `${path}.new`;
  Deno.writeTextFileSync(fresh, JSON.stringify(use), { mode: 0o600 });
  Deno.renameSync(fresh, path);
}
