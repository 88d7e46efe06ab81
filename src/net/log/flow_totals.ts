/**
 * How much a VM's network did since the VM began.
 *
 * @module
 */
import type { FlowLog, FlowRecord } from "../model/gateway_parts.ts";

/** Flows that have ended, and their bytes. */
export interface Totals {
  readonly allowed: number;
  readonly denied: number;
  /** From the guest, and to it. */
  readonly sent: number;
  readonly received: number;
}

/** Counts them. */
export class FlowTotals implements FlowLog {
  #totals: Totals = { allowed: 0, denied: 0, sent: 0, received: 0 };

  ended({ verdict, sent, received }: FlowRecord): void {
    const { allowed, denied, ...before } = this.#totals;
    this.#totals = {
      allowed: allowed + (verdict.allowed ? 1 : 0),
      denied: denied + (verdict.allowed ? 0 : 1),
      sent: before.sent + sent,
      received: before.received + received,
    };
  }

  /** As of now. */
  get totals(): Totals {
    return this.#totals;
  }
}

/** One log that tells several. */
export function allLogs(...logs: readonly FlowLog[]): FlowLog {
  return {
    ended: (flow) => {
      for (const log of logs) log.ended(flow);
    },
  };
}
