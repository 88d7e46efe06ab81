/**
 * Waiting for a stretch of time, and no longer once a signal fires.
 *
 * @module
 */

/** How a delay behaves. */
export interface DelayOptions {
  /** Ends the delay early; that is no error. */
  readonly signal?: AbortSignal;
  /** Whether the process stays alive for it; true unless said otherwise. */
  readonly persistent?: boolean;
}

/**
 * Resolves after some milliseconds, or when the signal fires, whichever comes first. Never rejects.
 *
 * @example
 * ```ts
 * await delay(1_000, { signal: stopping });
 * if (stopping.aborted) return;
 * ```
 */
export function delay(milliseconds: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (!persistent) Deno.unrefTimer(timer);
    if (signal?.aborted) return end();
    signal?.addEventListener("abort", end, { once: true });
  });
}
