/**
 * Advisory file locks (flock) between smolvm processes. A lock ends with its holder, however that ends, so
 * a locked file tells a live owner from a dead one. Leaves to others what a lock protects.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { tryFlock } from "../ffi/libc.ts";

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
   * @throws {SmolvmError} kind `state` when the file cannot be opened, kind `canceled` when `signal` fires
   */
  static async acquire(
    path: string,
    options: { shared?: boolean; signal?: AbortSignal } = {},
  ): Promise<FileLock> {
    const delays = [2, 5, 10, 20, 50];
    for (let attempt = 0;; attempt++) {
      const lock = FileLock.tryAcquire(path, options);
      if (lock) return lock;
      await pause(delays[Math.min(attempt, delays.length - 1)] ?? 50, path, options.signal);
    }
  }

  /**
   * Takes the lock if it is free, else returns `undefined`.
   *
   * @throws {SmolvmError} kind `state` when the file cannot be opened
   */
  static tryAcquire(path: string, options: { shared?: boolean } = {}): FileLock | undefined {
    try {
      // node:fs and Deno.open never tell their descriptor, so the file is made here and locked through libc.
      Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
      const release = tryFlock(path, { shared: options.shared ?? false });
      return release && new FileLock(release);
    } catch (cause) {
      throw new SmolvmError("state", {
        action: "lock",
        subject: path,
        reason: (cause as Error).message,
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

/** flock(2) has no wake-up that a signal could interrupt from JavaScript, so a contended lock is retried. */
async function pause(milliseconds: number, path: string, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) {
    throw new SmolvmError("canceled", { action: "lock", subject: path, reason: "another smolvm holds it" });
  }
  await new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
}
