/**
 * Holds back what a guest says first on a TCP flow until it has been judged: 3 s, or 16 KiB, at most. What the server
 * says is not held, so that protocols in which it speaks first go on.
 *
 * @module
 */
import type { Allowed, FlowTarget, Judge, Verdict } from "../model/gateway_parts.ts";
import type { ByteQueue } from "../tcp/byte_queue.ts";

/** How long a guest has for what tells, in milliseconds since its first byte. */
const WITHIN = 3_000;

/** Bytes within which it has to be. */
export const MAX_FIRST_BYTES = 16_384;

/** The first bytes of one flow. */
export class FirstBytes {
  readonly #judge: Judge;
  readonly #target: FlowTarget;
  readonly #verdict: Allowed;
  #deadline = Infinity;

  constructor(judge: Judge, target: FlowTarget, verdict: Allowed) {
    this.#judge = judge;
    this.#target = target;
    this.#verdict = verdict;
  }

  /** When to look again, in milliseconds. */
  get deadline(): number {
    return this.#deadline;
  }

  /**
   * Looks at what there is.
   *
   * @param ended whether the guest will say no more
   * @returns the verdict; `undefined`: not yet
   */
  judge(queue: ByteQueue, now: number, ended: boolean): { verdict: Verdict; bytes: Uint8Array } | undefined {
    const bytes = new Uint8Array(Math.min(queue.length, MAX_FIRST_BYTES));
    queue.copy(0, bytes.length, bytes, 0);
    // Who says nothing and ends is held by nothing.
    if (bytes.length === 0) return ended ? { verdict: this.#verdict, bytes } : undefined;
    if (this.#deadline === Infinity) this.#deadline = now + WITHIN;
    const final = ended || bytes.length === MAX_FIRST_BYTES || now >= this.#deadline;
    const verdict = this.#judge.firstBytes(this.#target, this.#verdict, bytes, final);
    if (verdict !== "more") return { verdict, bytes };
    if (!final) return undefined;
    return { verdict: { allowed: false, reason: "its first bytes do not tell where it goes" }, bytes };
  }
}
