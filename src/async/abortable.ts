/**
 * A promise that a signal cuts short.
 *
 * @module
 */

/**
 * Settles as a promise does, or rejects with the signal's reason once it fires. What the promise yields
 * later is dropped, a rejection too.
 *
 * @example
 * ```ts
 * const end = await abortable(session, interrupted);
 * ```
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const fired = Promise.withResolvers<never>();
  const abort = (): void => fired.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, fired.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
    promise.catch(() => {});
    fired.promise.catch(() => {});
  }
}

/** Resolves once the signal has fired; at once when it has. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
