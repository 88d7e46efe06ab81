/**
 * Ends a machine that may still be starting: a stop waits for the start, a kill does not.
 *
 * @module
 */

/** How a machine is ended. */
export interface Ending {
  /** Stops it in order. */
  stop(): Promise<unknown>;
  /** Kills it. */
  kill(): Promise<unknown>;
}

/** Ends a machine, as soon as that can be. */
export class Stopper {
  readonly #ending: Ending;
  readonly #failed = Promise.withResolvers<never>();
  #wanted: "stop" | "kill" | undefined;
  #started = false;

  constructor(ending: Ending) {
    this.#ending = ending;
    this.#failed.promise.catch(() => {});
  }

  /** Rejects when the machine could not be ended. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Whether its end was asked for. */
  get begun(): boolean {
    return this.#wanted !== undefined;
  }

  /** The machine has started. */
  started(): void {
    this.#started = true;
    this.#act();
  }

  /** Stops it, once it has started. */
  stop(): void {
    this.#wanted ??= "stop";
    this.#act();
  }

  /** Kills it at once. */
  kill(): void {
    this.#wanted = "kill";
    this.#act();
  }

  #act(): void {
    if (this.#wanted === "kill") this.#ending.kill().catch(this.#failed.reject);
    else if (this.#wanted === "stop" && this.#started) this.#ending.stop().catch(this.#failed.reject);
  }
}
