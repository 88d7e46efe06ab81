/**
 * Makes and removes volumes, one process at a time: what a killed one left half made or half removed is swept by the
 * next.
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../error.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import { causeWords } from "../host/system_words.ts";
import { newId } from "../machines/ids.ts";
import { createStorage } from "../payload/storage.ts";
import { filesIn, GONE, MAKING, volumeFolder, volumesFolder } from "./folder.ts";
import { holderOf, holderWords } from "./holder.ts";
import { checkVolumeName, isVolumeName } from "./name.ts";
import { encodeVolume, VOLUME_VERSION, type VolumeRecord } from "./record.ts";
import { hasVolume, readVolume, refuseOtherSpelling, unknownVolume, usedBytes } from "./volumes.ts";

/** How long others may make and remove volumes before this process gives up, in milliseconds. */
const PATIENCE_MILLISECONDS = 30_000;

/** What is wanted of a volume. */
export interface NewVolume {
  readonly name: string;
  /** Size of its disk, in whole blocks of 4096. */
  readonly bytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** The right to make and remove volumes, until it is disposed. */
export class VolumeChanges implements Disposable {
  readonly #paths: Pick<Paths, "data">;
  readonly #lock: FileLock;

  private constructor(paths: Pick<Paths, "data">, lock: FileLock) {
    this.#paths = paths;
    this.#lock = lock;
  }

  /**
   * Waits for the right, and sweeps what killed processes left.
   *
   * @throws {SmolvmError} kind `state` when others take too long, or the folder cannot be written to
   */
  static async begin(
    paths: Pick<Paths, "data">,
    signal = AbortSignal.timeout(PATIENCE_MILLISECONDS),
  ): Promise<VolumeChanges> {
    const folder = volumesFolder(paths);
    try {
      Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
      const lock = await FileLock.acquire(join(folder, ".lock"), { signal });
      const changes = new VolumeChanges(paths, lock);
      changes.#sweep(folder);
      return changes;
    } catch (cause) {
      if (!signal.aborted) throw failure("write to", folder, cause);
      const reason = "another smolvm is making or removing volumes";
      throw new SmolvmError("state", { action: "change volumes", reason, remedy: "try again", cause });
    }
  }

  /**
   * Makes a volume, unless there is one of that name.
   *
   * @param templates path of the part `storage.json`
   * @returns the volume of that name, and whether it was made
   * @throws {SmolvmError} kind `usage` when the name or the size is not allowed, kind `state` when it cannot be made or
   * the one that is there cannot be read
   */
  create(
    { name, bytes, labels }: NewVolume,
    templates: string,
  ): { readonly volume: VolumeRecord; readonly made: boolean } {
    checkVolumeName(name);
    if (hasVolume(this.#paths, name)) return { volume: readVolume(this.#paths, name), made: false };
    const created = new Date().toISOString();
    const volume: VolumeRecord = { version: VOLUME_VERSION, name, created, labels: { ...labels }, bytes };
    const making = join(volumesFolder(this.#paths), MAKING + newId());
    using undo = new DisposableStack();
    try {
      Deno.mkdirSync(making, { mode: 0o700 });
      undo.defer(() => removeIfThere(making, { recursive: true }));
      const files = filesIn(making);
      createStorage(files.disk, bytes, templates);
      for (const [path, text] of [[files.lock, ""], [files.record, encodeVolume(volume)]] as const) {
        Deno.writeTextFileSync(path, text, { mode: 0o600 });
      }
      Deno.renameSync(making, volumeFolder(this.#paths, name).path);
    } catch (cause) {
      if (cause instanceof SmolvmError && cause.kind === "usage") throw cause;
      throw failure("make the volume", name, cause);
    }
    undo.move();
    return { volume, made: true };
  }

  /**
   * Removes a volume with all it holds, also one whose record cannot be read.
   *
   * @returns bytes that its disk took on the host
   * @throws {SmolvmError} kind `usage` when there is none, kind `state` when a VM has it, or it cannot be removed
   */
  async remove(name: string): Promise<number> {
    // A word with a slash, or `..`, names no volume, and must name no folder either.
    if (!isVolumeName(name) || !hasVolume(this.#paths, name)) throw unknownVolume(name);
    // Whoever refers to that other one is not asked.
    refuseOtherSpelling(this.#paths, name);
    const folder = volumeFolder(this.#paths, name);
    const bytes = usedBytes(this.#paths, name);
    try {
      using lock = FileLock.tryAcquire(folder.lock);
      if (!lock) throw volumeInUse(name, holderWords(await holderOf(folder)));
      const gone = join(volumesFolder(this.#paths), GONE + newId());
      Deno.renameSync(folder.path, gone);
      removeIfThere(gone, { recursive: true });
      return bytes;
    } catch (cause) {
      throw cause instanceof SmolvmError ? cause : failure("remove the volume", name, cause);
    }
  }

  #sweep(folder: string): void {
    for (const { name } of Deno.readDirSync(folder)) {
      if (name.startsWith(MAKING) || name.startsWith(GONE)) {
        removeIfThere(join(folder, name), { recursive: true });
      }
    }
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }
}

/** The error for a volume that somebody needs, in Docker's words. */
export function volumeInUse(
  name: string,
  { who, remedy }: { readonly who: string; readonly remedy: string },
): SmolvmError {
  return new SmolvmError("state", {
    action: "remove the volume",
    subject: name,
    reason: `volume is in use: ${who} has it`,
    remedy,
  });
}

function failure(action: string, subject: string, cause: unknown): SmolvmError {
  const words = cause instanceof SmolvmError
    ? { reason: cause.reason, remedy: cause.remedy }
    : causeWords(cause);
  return new SmolvmError("state", { action, subject, ...words, cause });
}
