/**
 * A folder of locks by name, in which unused lock files can be deleted without letting two holders in.
 *
 * @module
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { delay } from "../async/delay.ts";
import { FileLock } from "./lock.ts";

const SUFFIX = ".lock";
/**
 * Held, shared, while somebody opens and takes a lock, and exclusively while lock files are deleted: so no
 * one can be left holding a lock on a file that has no name any more.
 */
const GUARD = "guard";
const RETRY_MILLISECONDS = 20;

/** Locks of one kind of thing, by the name of the thing. */
export class LockFolder {
  readonly #folder: string;

  /** @param folder made (0700) when absent */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /**
   * Takes a lock if it is free.
   *
   * @param name a file name without slashes
   * @throws {SmolvmError} kind `state` when the file cannot be opened
   */
  tryAcquire(name: string, options: { shared?: boolean } = {}): FileLock | undefined {
    using guard = FileLock.tryAcquire(join(this.#folder, GUARD), { shared: true });
    return guard && FileLock.tryAcquire(this.#path(name), options);
  }

  /**
   * Waits for a lock.
   *
   * @param options `onWait` is called once when the lock is not free at first
   * @throws the signal's reason when it fires, and as {@linkcode tryAcquire}
   */
  async acquire(
    name: string,
    options: { shared?: boolean; signal?: AbortSignal | undefined; onWait?: (() => void) | undefined } = {},
  ): Promise<FileLock> {
    for (let waited = false;; waited = true) {
      options.signal?.throwIfAborted();
      const lock = this.tryAcquire(name, options);
      if (lock) return lock;
      if (!waited) options.onWait?.();
      // A flock cannot be awaited from JavaScript.
      await delay(RETRY_MILLISECONDS, { signal: options.signal });
    }
  }

  /** Names that have a lock file, held or not. */
  names(): string[] {
    return readdirSync(this.#folder).filter((file) => file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length));
  }

  /** Deletes a lock's file, which the caller holds exclusively; leaves it when the folder is busy. */
  discard(name: string): void {
    using guard = FileLock.tryAcquire(join(this.#folder, GUARD));
    if (guard) rmSync(this.#path(name), { force: true });
  }

  #path(name: string): string {
    return join(this.#folder, name + SUFFIX);
  }
}
