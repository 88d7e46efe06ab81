/**
 * Makes a storage disk: a sparse file with an empty ext4 filesystem, written from a template in
 * milliseconds, so that the host needs no mkfs.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../error.ts";

/** Templates as the build wrote them: size, and runs of blocks that are not zero. */
const templatesSchema = v.array(v.object({
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  runs: v.array(v.tuple([v.pipe(v.number(), v.integer(), v.minValue(0)), v.string()])),
}));

/** Smallest disk, in bytes: the smallest template. */
export const MIN_STORAGE_BYTES = 128 * 2 ** 20;

/**
 * Creates a storage disk.
 *
 * The filesystem is that of the largest template which fits; the guest grows it to the disk (agent/boot).
 *
 * @param path a new file, made 0600
 * @param bytes size of the disk, at least {@linkcode MIN_STORAGE_BYTES}
 * @param templates path of the part `storage.json`
 * @throws {SmolvmError} kind `state` when the file cannot be written, kind `usage` when it is too small
 */
export function createStorage(path: string, bytes: number, templates: string): void {
  const action = "make a disk";
  const all = v.parse(templatesSchema, JSON.parse(Deno.readTextFileSync(templates)));
  const fitting = all.filter((one) => one.bytes <= bytes).sort((a, b) => b.bytes - a.bytes);
  const [template] = fitting;
  if (!template) {
    const least = `${MIN_STORAGE_BYTES / 2 ** 20}M`;
    throw new SmolvmError("usage", {
      action,
      reason: `${bytes} bytes are too few`,
      remedy: `give at least ${least}`,
    });
  }
  try {
    using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    for (const [offset, base64] of template.runs) {
      file.seekSync(offset, Deno.SeekMode.Start);
      const run = Uint8Array.fromBase64(base64);
      for (let at = 0; at < run.length;) at += file.writeSync(run.subarray(at));
    }
    file.truncateSync(bytes);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new SmolvmError("state", { action, subject: path, reason, remedy: "free some space there", cause });
  }
}
