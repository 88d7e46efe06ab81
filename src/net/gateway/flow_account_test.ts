import { assertEquals } from "../../../tests/harness/assert.ts";
import type { Allowed, Denied, FlowRecord, FlowTarget } from "../model/gateway_parts.ts";
import { FlowAccount } from "./flow_account.ts";

const target: FlowTarget = { protocol: "tcp", address: "192.0.2.1", port: 443 };
const allowed: Allowed = { allowed: true, rule: "--net", dial: ["192.0.2.1"], inspect: false };
const denied: Denied = { allowed: false, reason: "a placeholder was sent to it" };

function made() {
  const [logged, unmade]: [FlowRecord[], FlowTarget[]] = [[], []];
  const totals = { sent: 0, received: 0, allowed: 1, denied: 0, dropped: 0 };
  let now = 0;
  const station = {
    totals,
    now: () => now,
    log: { ended: (flow: FlowRecord) => logged.push(flow) },
    judge: {
      flow: () => allowed,
      firstBytes: () => allowed,
      unmade: (one: FlowTarget) => unmade.push(one),
    },
  };
  const account = new FlowAccount(station, target, allowed);
  account.fromGuest(60);
  account.toGuest(20);
  account.fromGuest(40);
  now = 1_500.4;
  return { account, logged, totals, unmade };
}

Deno.test("FlowAccount tells a flow's end once, with what it carried, and counts that while the flow is open", () => {
  const { account, logged, totals, unmade } = made();
  assertEquals([totals.sent, totals.received, logged.length], [100, 20, 0]);
  account.over("closed");
  account.over("timed out");
  assertEquals(
    logged.map(({ end, sent, received, milliseconds, verdict }) => ({
      end,
      sent,
      received,
      milliseconds,
      verdict,
    })),
    [{ end: "closed", sent: 100, received: 20, milliseconds: 1_500, verdict: allowed }],
  );
  assertEquals([totals.sent, totals.received, totals.denied, unmade.length], [100, 20, 0, 0]);
});

Deno.test("FlowAccount tells a refusal at once and in place of the flow's end, counts it, and lets the judge go of it", () => {
  const { account, logged, totals, unmade } = made();
  account.refused(denied);
  account.refused({ ...denied, reason: "again" });
  assertEquals([logged.length, totals.denied, unmade.length], [1, 1, 0]);
  account.toGuest(280);
  account.over("reset by the server");
  assertEquals(logged.map(({ verdict, end }) => [verdict, end]), [[denied, "denied"]]);
  // The judge is told of no flow's end but of those that were allowed, and so holds the address for this one until then.
  assertEquals([totals.sent, totals.received, unmade], [100, 300, [target]]);
});

Deno.test("FlowAccount loses no refusal that comes when the flow is over", () => {
  const { account, logged, totals, unmade } = made();
  account.over("reset by the guest");
  account.refused(denied);
  account.over("closed");
  assertEquals(logged.map(({ verdict }) => verdict.allowed), [true, false]);
  assertEquals([totals.sent, totals.denied, unmade.length], [100, 1, 0]);
});

Deno.test("FlowAccount counts no refusal of what the judge itself has denied meanwhile", () => {
  const { account, logged, totals, unmade } = made();
  account.refused(denied);
  account.judged({ ...denied, reason: "no rule allows it" });
  account.refused(denied);
  account.over("denied: the policy was changed");
  assertEquals([logged.length, totals.denied, unmade.length], [1, 1, 0]);
});
