import { assertEquals } from "../../../tests/harness/assert.ts";
import type { FlowRecord, Verdict } from "../model/gateway_parts.ts";
import { allLogs, FlowTotals } from "./flow_totals.ts";

const flow = (verdict: Verdict, sent: number, received: number): FlowRecord => ({
  target: { protocol: "udp", address: "198.51.100.7", port: 123 },
  verdict,
  began: 0,
  milliseconds: 1,
  sent,
  received,
  end: "closed",
});

Deno.test("FlowTotals count flows and bytes, each log of allLogs() by itself", () => {
  const [one, other] = [new FlowTotals(), new FlowTotals()];
  const both = allLogs(one, other);
  both.ended(flow({ allowed: true, rule: "--net", dial: ["198.51.100.7"], inspect: false }, 10, 20));
  one.ended(flow({ allowed: true, rule: "--net", dial: ["198.51.100.7"], inspect: false }, 1, 2));
  both.ended(flow({ allowed: false, reason: "no" }, 0, 0));
  assertEquals(one.totals, { allowed: 2, denied: 1, sent: 11, received: 22 });
  assertEquals(other.totals, { allowed: 1, denied: 1, sent: 10, received: 20 });
});
