/**
 * How much of something all connections of a VM may have together: what a guest can make this process hold is bounded.
 *
 * @module
 */

/** So much of it. */
export class Allowance {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  /** @returns whether there was so much; then it has to be given back */
  take(count: number): boolean {
    if (count > this.#left) return false;
    this.#left -= count;
    return true;
  }

  give(count: number): void {
    this.#left += count;
  }
}
