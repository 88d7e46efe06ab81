import { assertEquals } from "../../../tests/harness/assert.ts";
import type { FlowRecord } from "../model/gateway_parts.ts";
import { allLogs } from "./all_logs.ts";

Deno.test("allLogs() tells each log of every flow", () => {
  const heard: string[] = [];
  const both = allLogs({ ended: ({ end }) => heard.push(`one ${end}`) }, {
    ended: ({ end }) => heard.push(`two ${end}`),
  });
  const flow: FlowRecord = {
    target: { protocol: "udp", address: "198.51.100.7", port: 123 },
    verdict: { allowed: false, reason: "no rule allows it" },
    began: 0,
    milliseconds: 1,
    sent: 0,
    received: 0,
    end: "denied",
  };
  both.ended(flow);
  allLogs().ended(flow);
  assertEquals(heard, ["one denied", "two denied"]);
});
