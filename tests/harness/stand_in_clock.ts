/**
 * A clock that a test moves: a pause of a minute is over when the test says that a minute has gone by.
 *
 * @module
 */
import type { Clock } from "../../src/async/clock.ts";
import type { DelayOptions } from "../../src/async/delay.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock at 0. */
export class StandInClock implements Clock {
  /** Lengths of all delays that were begun, in milliseconds. */
  readonly delays: number[] = [];
  #now = 0;
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  delay(milliseconds: number, { signal }: DelayOptions = {}): Promise<void> {
    this.delays.push(milliseconds);
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = { until: this.#now + milliseconds, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        resolve();
      }, { once: true });
    });
  }

  /** How many delays are not over. */
  get waiting(): number {
    return this.#sleepers.length;
  }

  /** How long it is until the next delay is over, in milliseconds; Infinity where there is none. */
  get next(): number {
    return Math.min(...this.#sleepers.map(({ until }) => until)) - this.#now;
  }

  /** Moves on, wakes whose time has come, and lets what they do settle. @param turns of the event loop that it takes */
  async advance(milliseconds: number, turns?: number): Promise<void> {
    this.#now += milliseconds;
    const due = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
    await settled(turns);
  }
}

/** Lets everything that waits for nothing but other promises run. */
export async function settled(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
