/**
 * How long a TCP connection may be silent. An open one is kept as long as the guest's kernel knows it, which a
 * keep-alive asks after two hours (RFC 9293, section 3.8.4); one of which a direction has ended is over after an hour
 * without a byte, because nobody may be left to end the other. Pure.
 *
 * @module
 */

/** Silence after which a keep-alive is sent, in milliseconds. */
export const KEEP_ALIVE_AFTER = 7_200_000;

/** How long it may be without an answer. */
const ANSWER_WITHIN = 75_000;

/** How long a direction may be alone without a byte. */
export const HALF_CLOSED_FOR = 3_600_000;

/** The silence of one connection. */
export class Silence {
  #heard: number;
  #moved: number;
  #probed: number | undefined;

  constructor(now: number) {
    this.#heard = this.#moved = now;
  }

  /** A segment came. */
  heard(now: number): void {
    this.#heard = now;
    this.#probed = undefined;
  }

  /** A byte went through, either way. */
  moved(now = this.#heard): void {
    this.#moved = now;
  }

  /** When to look, in milliseconds. @param half whether one direction has ended */
  deadline(half: boolean): number {
    if (this.#probed !== undefined) return this.#probed + ANSWER_WITHIN;
    return half ? this.#moved + HALF_CLOSED_FOR : this.#heard + KEEP_ALIVE_AFTER;
  }

  /** What is to be done now. */
  expire(now: number, half: boolean): "over" | "probe" | "nothing" {
    if (now < this.deadline(half)) return "nothing";
    if (half || this.#probed !== undefined) return "over";
    this.#probed = now;
    return "probe";
  }
}
