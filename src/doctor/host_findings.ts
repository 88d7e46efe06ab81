/**
 * What doctor finds about the host itself: system, memory, folders. Looks; changes nothing but to try whether a
 * folder can be written.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import type { Finding } from "../engine/finding.ts";
import { FileLock } from "../host/lock.ts";

/** System, memory. */
export function host(): Finding {
  const { total, available } = Deno.systemMemoryInfo();
  const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
  const memory = `${mebibytes(total)} MiB of memory, ${mebibytes(available)} free`;
  return {
    name: "host",
    grade: "ok",
    details: `${Deno.build.os} ${Deno.osRelease()} on ${Deno.build.arch}, ${memory}`,
  };
}

/**
 * Whether a folder can be written, whether locks work there, and how much room it has.
 *
 * @param enough free bytes under which something is likely to fail soon
 */
export function stateFolder(name: string, path: string, enough: number): Finding {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    const file = Deno.makeTempFileSync({ dir: path });
    try {
      using first = FileLock.tryAcquire(file);
      using second = FileLock.tryAcquire(file);
      if (!first || second) throw new Error("file locks do not hold there");
    } finally {
      Deno.removeSync(file);
    }
    const { bavail, bsize } = statfsSync(path);
    const free = bavail * bsize;
    const details = `${path}, ${(free / 1e9).toFixed(1)} GB free`;
    if (free >= enough) return { name, grade: "ok", details };
    return { name, grade: "missing", details, remedy: "free some space, or set SMOLVM_HOME" };
  } catch (error) {
    const details = `${path}: ${(error as Error).message}`;
    return { name, grade: "bad", details, remedy: "make it writable, or set SMOLVM_HOME to another folder" };
  }
}
