/**
 * Patience with a peer: every stretch of waiting must bring something, or it ends. Only time spent waiting
 * for the peer counts, so a slow disk on our side is no fault of the network.
 *
 * @module
 */

/** How slow a peer may be. */
export interface Patience {
  /** Milliseconds of waiting in which at least `minimumBytes` must come. */
  readonly milliseconds: number;
  readonly minimumBytes: number;
}

/** A peer that sends 16 KiB in half a minute is alive; one that sends less would take a day per image. */
export const DEFAULT_PATIENCE: Patience = { milliseconds: 30_000, minimumBytes: 16 * 1024 };

/** Aborts {@linkcode StallGuard.signal} when the peer takes too long. */
export class StallGuard {
  readonly #patience: Patience;
  readonly #controller = new AbortController();
  #left: number;
  #bytes = 0;

  constructor(patience: Patience) {
    this.#patience = patience;
    this.#left = patience.milliseconds;
  }

  /** Fires when patience ends; its reason is an error saying so. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether patience has ended. */
  get stalled(): boolean {
    return this.signal.aborted;
  }

  /** Awaits something of the peer while the clock runs. */
  async wait<T>(answer: Promise<T>): Promise<T> {
    const begin = performance.now();
    const timer = setTimeout(
      () => this.#controller.abort(new Error(`no progress for ${this.#patience.milliseconds / 1000} s`)),
      this.#left,
    );
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#left -= performance.now() - begin;
    }
  }

  /** Notes what came; enough of it renews patience. */
  progress(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < this.#patience.minimumBytes) return;
    this.#bytes = 0;
    this.#left = this.#patience.milliseconds;
  }
}
