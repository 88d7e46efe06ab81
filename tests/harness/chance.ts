/**
 * Random moments that can be had again: the seed is printed, and taken from SMOLVM_TEST_SEED when that is
 * set. How often a loop goes round is here too.
 *
 * @module
 */

/** How often each loop goes round, from SMOLVM_TEST_ROUNDS; once where all tests run. */
export const rounds = Number(Deno.env.get("SMOLVM_TEST_ROUNDS") ?? "1");

/** A row of random numbers that its seed decides (mulberry32). */
export class Chance {
  readonly seed: number;
  #state: number;

  constructor(seed = Number(Deno.env.get("SMOLVM_TEST_SEED") ?? Date.now() % 1_000_000)) {
    this.seed = seed;
    this.#state = seed;
    console.log(`SMOLVM_TEST_SEED=${seed} SMOLVM_TEST_ROUNDS=${rounds}`);
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Waits for a random time, in milliseconds. */
  async moment(atMost: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.next() * atMost));
  }
}
