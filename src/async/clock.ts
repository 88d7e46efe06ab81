/**
 * Time as a value, so that a test can hand in its own: a minute's pause is then over when the test says so.
 *
 * @module
 */
import { delay, type DelayOptions } from "./delay.ts";

/** What tells the time and waits. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** As {@linkcode delay}. */
  delay(milliseconds: number, options?: DelayOptions): Promise<void>;
}

/** The clock of this process. */
export const systemClock: Clock = { now: () => performance.now(), delay };
