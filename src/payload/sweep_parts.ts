/**
 * Removes parts from the cache that no binary carries and no process works with: after an upgrade those of the version
 * before, once its machines have ended. Costs some looks at small files.
 *
 * @module
 */
import { join } from "node:path";
import { removeIfThere } from "../files/remove_if_there.ts";
import { FileLock } from "../host/lock.ts";
import { locatePayload } from "./payload.ts";
import { knownPayloads, payloadId, readUse, SWEPT, TABLE, useFiles, usesFolder } from "./uses.ts";

const DAY = 86_400_000;

/** How long parts stay that no record names, because a smolvm from before there were records may work with them. */
const UNNAMED_MILLISECONDS = 30 * DAY;

/** Whether the last sweep was more than a day ago, or a payload came since. Costs one look. */
export function sweepIsDue(cache: string, now = Date.now()): boolean {
  const swept = modified(join(usesFolder(cache), SWEPT));
  return swept === undefined || Math.abs(now - swept) > DAY;
}

/**
 * Sweeps, unless another process does. A payload stays while a binary that its record names still carries it, or a process
 * holds its lock.
 *
 * @returns digests of the parts that were removed
 * @throws {Error} when a part cannot be removed; the next sweep goes on with the rest
 */
export function sweepParts(cache: string, now = Date.now()): string[] {
  const uses = usesFolder(cache);
  Deno.mkdirSync(uses, { recursive: true, mode: 0o700 });
  using table = FileLock.tryAcquire(join(uses, TABLE)) ?? null;
  if (!table) return [];
  Deno.writeTextFileSync(join(uses, SWEPT), "", { mode: 0o600 });
  Deno.utimeSync(join(uses, SWEPT), new Date(now), new Date(now));
  // Held until all is removed: who begins to work with one of these payloads waits, and unpacks anew.
  const held: FileLock[] = [];
  try {
    const [kept, going] = judge(cache, held);
    if (!kept) return [];
    const named = new Set(going.flatMap((id) => readUse(useFiles(cache, id).record)?.parts ?? []));
    const removed = removeParts(join(cache, "parts"), (digest, made) => {
      if (kept.has(digest)) return false;
      return named.has(digest) || now - made > UNNAMED_MILLISECONDS;
    });
    // Behind their parts, so that a killed sweep is ended by the next one.
    for (const id of going) {
      const { record, lock } = useFiles(cache, id);
      for (const path of [record, lock]) removeIfThere(path);
    }
    return removed;
  } finally {
    for (const lock of held) lock[Symbol.dispose]();
  }
}

/**
 * @param held takes the locks of the payloads that go
 * @returns digests that stay, and payloads that go; no digests when a payload is used and nobody knows its parts
 */
function judge(cache: string, held: FileLock[]): readonly [Set<string> | undefined, readonly string[]] {
  const kept = new Set<string>();
  const going: string[] = [];
  for (const id of knownPayloads(cache)) {
    const { record, lock: path } = useFiles(cache, id);
    const lock = FileLock.tryAcquire(path);
    const use = readUse(record);
    if (!lock && !use) return [undefined, []];
    if (lock && !use?.files.some((file) => carries(file, id))) {
      held.push(lock);
      going.push(id);
      continue;
    }
    lock?.[Symbol.dispose]();
    for (const digest of use?.parts ?? []) kept.add(digest);
  }
  return [kept, going];
}

/** Whether a file has that very payload now. */
function carries(file: string, id: string): boolean {
  try {
    return payloadId(locatePayload([file]).index) === id;
  } catch {
    return false;
  }
}

/** @param goes is given a part's digest, and the time at which the part was last unpacked */
function removeParts(folder: string, goes: (digest: string, made: number) => boolean): string[] {
  const removed: string[] = [];
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    // A killed sweep has left it.
    if (name.endsWith(".gone")) removeIfThere(path, { recursive: true });
    if (!/^[0-9a-f]{64}$/.test(name) || !goes(name, modified(path) ?? Infinity)) continue;
    using lock = FileLock.tryAcquire(join(path, "lock")) ?? null;
    // Somebody unpacks it just now.
    if (!lock) continue;
    Deno.renameSync(path, `${path}.gone`);
    removeIfThere(`${path}.gone`, { recursive: true });
    removed.push(name);
  }
  return removed;
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function modified(path: string): number | undefined {
  try {
    return Deno.statSync(path).mtime?.getTime();
  } catch {
    return undefined;
  }
}
