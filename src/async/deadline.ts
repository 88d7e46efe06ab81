/**
 * A promise with a time limit.
 *
 * @module
 */

/** What {@linkcode withinDeadline} yields when the time is up. */
export const LATE: unique symbol = Symbol("late");

/**
 * Settles as a promise does, or with {@linkcode LATE} when that takes too long. What the promise yields
 * later is dropped, a rejection too.
 *
 * @example
 * ```ts
 * const event = await withinDeadline(stream.nextMessage(), 3_000);
 * if (event === LATE) return undefined;
 * ```
 */
export async function withinDeadline<T>(promise: Promise<T>, milliseconds: number): Promise<T | typeof LATE> {
  let timer: number | undefined;
  const late = new Promise<typeof LATE>((resolve) => timer = setTimeout(() => resolve(LATE), milliseconds));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {});
  }
}
