/**
 * Several logs of flows as one.
 *
 * @module
 */
import type { FlowLog } from "../model/gateway_parts.ts";

/** One log that tells each of some. */
export function allLogs(...logs: readonly FlowLog[]): FlowLog {
  return {
    ended: (flow) => {
      for (const log of logs) log.ended(flow);
    },
  };
}
