/**
 * What is told of one flow: what it carried, what became of it, and whether it was refused. The log is told once; the
 * totals count each byte when it passes.
 *
 * @module
 */
import type { Denied, FlowTarget, Verdict } from "../model/gateway_parts.ts";
import type { Station } from "./station.ts";

/** The account of a flow that was allowed when it began. */
export class FlowAccount {
  readonly #station: Pick<Station, "judge" | "log" | "now" | "totals">;
  readonly #target: FlowTarget;
  readonly #began = Date.now();
  readonly #beganAt: number;
  #sent = 0;
  #received = 0;
  #verdict: Verdict;
  #logged = false;
  #over = false;
  /** Whether the judge still holds the address for this flow, of which no log will tell it that it is over. */
  #held = false;

  constructor(
    station: Pick<Station, "judge" | "log" | "now" | "totals">,
    target: FlowTarget,
    verdict: Verdict,
  ) {
    this.#station = station;
    this.#target = target;
    this.#verdict = verdict;
    this.#beganAt = station.now();
  }

  /** Payload bytes from the guest, and to it. */
  get sent(): number {
    return this.#sent;
  }

  get received(): number {
    return this.#received;
  }

  /** So many bytes came from the guest. */
  fromGuest(count: number): void {
    this.#sent += count;
    this.#station.totals.sent += count;
  }

  /** So many bytes go to the guest. */
  toGuest(count: number): void {
    this.#received += count;
    this.#station.totals.received += count;
  }

  /** What the judge says of it now. */
  judged(verdict: Verdict): void {
    this.#verdict = verdict;
    this.#held = false;
  }

  /**
   * Somebody else than the judge has refused what the guest said, such as who looks for secrets in it. That is told at
   * once, in place of the flow's end; of a flow that is over already it is told beside that.
   */
  refused(verdict: Denied): void {
    if (!this.#verdict.allowed) return;
    this.#station.totals.denied++;
    this.#held = !this.#over;
    this.#logged = false;
    this.#verdict = verdict;
    this.#log("denied");
  }

  /** The flow is over. */
  over(end: string): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#held) this.#station.judge.unmade(this.#target);
    this.#log(end);
  }

  #log(end: string): void {
    if (this.#logged) return;
    this.#logged = true;
    this.#station.log.ended({
      target: this.#target,
      verdict: this.#verdict,
      began: this.#began,
      milliseconds: Math.round(this.#station.now() - this.#beganAt),
      sent: this.sent,
      received: this.received,
      end,
    });
  }
}
