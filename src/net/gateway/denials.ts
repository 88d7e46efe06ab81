/**
 * Flows that are refused, of protocols in which every packet asks anew: told to the log once in a while for each target.
 *
 * @module
 */
import type { FlowTarget, Verdict } from "../model/gateway_parts.ts";
import type { Station } from "./station.ts";

/** How long the denial of a target is not told again, in milliseconds, and for how many targets that is known. */
const DENIED_KEPT = 5_000;
const MAX_DENIED = 256;

type Way = Pick<Station, "now" | "totals" | "log" | "judge">;

/** The denials of one protocol. */
export class Denials {
  readonly #station: Way;
  readonly #told = new Map<string, number>();

  constructor(station: Way) {
    this.#station = station;
  }

  /** Tells one. @param unmade why a flow could not begin that may be */
  tell(target: FlowTarget, verdict: Verdict, unmade: string): void {
    const now = this.#station.now();
    const name = `${target.address} ${target.port}`;
    if (now - (this.#told.get(name) ?? -Infinity) < DENIED_KEPT) {
      if (verdict.allowed) this.#station.judge.unmade(target);
      return;
    }
    this.#told.delete(name);
    this.#told.set(name, now);
    if (this.#told.size > MAX_DENIED) this.#told.delete(this.#told.keys().next().value ?? "");
    this.#station.totals.denied++;
    const end = verdict.allowed ? unmade : "denied";
    const record = { target, verdict, began: Date.now(), milliseconds: 0, sent: 0, received: 0, end };
    this.#station.log.ended(record);
  }
}
