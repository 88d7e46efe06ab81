/**
 * Advisory file locks (flock) between smolvm processes. A lock ends with its holder, however that ends, so
 * a locked file tells a live owner from a dead one. Leaves to others what a lock protects.
 *
 * @module
 */
import { delay } from "../async/delay.ts";
import { SmolvmError } from "../error.ts";
import { tryFlock } from "../ffi/libc.ts";
import { causeWords } from "./system_words.ts";

/** How long a lock that is held for long is left alone between two looks, in milliseconds. */
const LONGEST_PAUSE = 200;

/** An exclusive or shared hold on a lock file, released by `using`. */
export class FileLock implements Disposable {
  #release: () => void;

  private constructor(release: () => void) {
    this.#release = release;
  }

  /**
   * Waits for the lock.
   *
   * @param path the lock file, created 0600 when absent; never deleted by this class
   * @param options `shared` lets several holders in; `signal` ends the wait
   * @throws {SmolvmError} kind `state` when the file cannot be opened, or `signal` fires first
   */
  static async acquire(
    path: string,
    options: { shared?: boolean; signal?: AbortSignal } = {},
  ): Promise<FileLock> {
    // Many may wait for a long time, and each look keeps the holder from its work.
    const delays = [2, 5, 10, 20, 50, 100];
    for (let attempt = 0;; attempt++) {
      const lock = FileLock.tryAcquire(path, options);
      if (lock) return lock;
      await pause(delays[attempt] ?? LONGEST_PAUSE, path, options.signal);
    }
  }

  /**
   * Takes the lock if it is free, else returns `undefined`.
   *
   * @throws {SmolvmError} kind `state` when the file cannot be opened
   */
  static tryAcquire(path: string, options: { shared?: boolean } = {}): FileLock | undefined {
    try {
      for (;;) {
        const lock = lockFile(path, options.shared ?? false);
        if (lock !== "replaced") return lock && new FileLock(lock);
      }
    } catch (cause) {
      throw new SmolvmError("state", {
        action: "take the lock",
        subject: path,
        ...causeWords(cause),
        cause,
      });
    }
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    this.#release();
    this.#release = () => {};
  }
}

/**
 * Locks the file that has this name. A holder may remove the file while it is opened here: a lock on a file
 * without a name keeps nobody out, so it is not one.
 *
 * @returns what releases it; `undefined` when another holds it; `replaced` when another file, or none, has
 *   the name by now
 */
function lockFile(path: string, shared: boolean): (() => void) | undefined | "replaced" {
  // Deno never tells a descriptor, so the file is made here and locked through libc. It stays open meanwhile,
  // so that no other file gets its number.
  using file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
  const { dev, ino } = file.statSync();
  let release: (() => void) | undefined;
  try {
    release = tryFlock(path, { shared });
    const named = Deno.statSync(path);
    if (!release || (named.dev === dev && named.ino === ino)) return release;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  release?.();
  return "replaced";
}

/** flock(2) has no wake-up that a signal could interrupt from JavaScript, so a contended lock is retried. */
async function pause(milliseconds: number, path: string, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) {
    throw new SmolvmError("state", {
      action: "take the lock",
      subject: path,
      reason: "another smolvm holds it",
      remedy: "try again",
    });
  }
  await delay(milliseconds, { signal });
}
