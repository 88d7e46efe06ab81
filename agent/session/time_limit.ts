/**
 * A session's time limit, whose consequence changes while the session goes on.
 *
 * @module
 */

/** A time limit. Disposing ends it. */
export class TimeLimit implements Disposable {
  readonly #timer: number | undefined;
  #over = false;
  #action = (): void => {};

  /** @param milliseconds 0: none */
  constructor(milliseconds: number) {
    if (milliseconds === 0) return;
    this.#timer = setTimeout(() => {
      this.#over = true;
      this.#action();
    }, milliseconds);
  }

  /** Sets what is done when the time is up, in place of what was set before; done at once when it is up. */
  onceOver(action: () => void): void {
    this.#action = action;
    if (this.#over) action();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
