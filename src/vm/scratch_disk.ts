/**
 * The disk of a one-off VM: exists by name only until the VMM has opened it, and is locked by its owner
 * meanwhile, so that the next run can tell what a killed one left behind.
 *
 * @module
 */
import { join } from "node:path";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import { createStorage } from "../payload/storage.ts";
import { removeIfThere } from "../files/remove_if_there.ts";

/** A scratch disk. Disposing removes its name. */
export class ScratchDisk implements Disposable {
  readonly path: string;
  readonly #lock: FileLock;
  #removed = false;

  private constructor(path: string, lock: FileLock) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes a scratch disk, and removes those whose owners are gone.
   *
   * @param paths smolvm's folders; it lies in the cache, which is on a disk
   * @param bytes size of the disk
   * @param templates path of the part `storage.json`
   * @throws {SmolvmError} kind `state` or `usage` when it cannot be made
   */
  static async create(paths: Paths, bytes: number, templates: string): Promise<ScratchDisk> {
    const folder = join(paths.cache, "scratch");
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Held while a disk has no lock of its own yet.
    using _folder = await FileLock.acquire(join(folder, "lock"), { signal: AbortSignal.timeout(10_000) });
    sweep(folder);
    const path = join(folder, `${crypto.randomUUID()}.ext4`);
    createStorage(path, bytes, templates);
    const lock = FileLock.tryAcquire(path);
    if (lock) return new ScratchDisk(path, lock);
    throw new Error(`Cannot lock ${path}: somebody else has a disk of that name`);
  }

  /** Removes the name: the VMM has the file open. */
  [Symbol.dispose](): void {
    if (this.#removed) return;
    this.#removed = true;
    removeIfThere(this.path);
    this.#lock[Symbol.dispose]();
  }
}

/** Removes the disks that nobody holds. */
function sweep(folder: string): void {
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".ext4")) continue;
    using lock = FileLock.tryAcquire(join(folder, name)) ?? null;
    if (lock) removeIfThere(join(folder, name));
  }
}
