/**
 * How many queries a guest may make: in a second, and at once.
 *
 * @module
 */

/** Queries a second, and as many more as were not made in the seconds before. */
const PER_SECOND = 500;
const AT_ONCE = 1_000;

/** Queries that are with resolvers, and those that wait until one of them has an answer. */
const IN_FLIGHT = 64;
const WAITING = 512;

/** How long one waits, in milliseconds: as long as one of those before it can take. */
const WAIT_MILLISECONDS = 5_000;

/** The turns of one VM. */
export class QueryTurns {
  readonly #now: () => number;
  #left = AT_ONCE;
  #since: number;
  #inFlight = 0;
  readonly #waiting = new Set<(mine: boolean) => void>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** Whether a query may be made now; takes one of those that may. */
  isInTime(): boolean {
    const now = this.#now();
    this.#left = Math.min(this.#left + (now - this.#since) * PER_SECOND / 1_000, AT_ONCE);
    this.#since = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** Does a query's work when it is its turn; `undefined` where that does not come. */
  async take<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#inFlight < IN_FLIGHT) this.#inFlight++;
    else if (!await this.#turn()) return undefined;
    try {
      return await work();
    } finally {
      const next = this.#waiting.values().next().value;
      if (next) next(true);
      else this.#inFlight--;
    }
  }

  /** Waits for a place that another leaves. */
  #turn(): Promise<boolean> {
    if (this.#waiting.size >= WAITING) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const settle = (mine: boolean) => {
      clearTimeout(late);
      this.#waiting.delete(settle);
      resolve(mine);
    };
    const late = setTimeout(() => settle(false), WAIT_MILLISECONDS);
    this.#waiting.add(settle);
    return promise;
  }
}
