/**
 * The request to end a VM, with the time that its programs are given. It may come several times; the time that ends
 * first counts.
 *
 * @module
 */
import { type Clock, systemClock } from "../async/clock.ts";

/** Not asked yet, or asked once or more. */
export class StopRequest {
  readonly #clock: Clock;
  readonly #asked = new AbortController();
  readonly #hurried = Promise.withResolvers<void>();
  #patience = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Fires when a stop is asked for the first time. */
  get signal(): AbortSignal {
    return this.#asked.signal;
  }

  /** Milliseconds of the first request; 0 before it. */
  get patience(): number {
    return this.#patience;
  }

  /** Resolves when the patience of a later request is over. */
  get hurried(): Promise<void> {
    return this.#hurried.promise;
  }

  /**
   * Asks for a stop.
   *
   * @param patience milliseconds that programs are given to end; 0: none
   */
  ask(patience: number): void {
    if (this.#asked.signal.aborted) {
      void this.#clock.delay(patience, { persistent: false }).then(this.#hurried.resolve);
      return;
    }
    this.#patience = patience;
    this.#asked.abort();
  }
}
