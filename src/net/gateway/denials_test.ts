import { assertEquals } from "../../../tests/harness/assert.ts";
import { allow, deny } from "../../../tests/harness/gateway_scene.ts";
import type { FlowRecord, FlowTarget } from "../model/gateway_parts.ts";
import { Denials } from "./denials.ts";

/** Denials with all that is told. */
function made() {
  const [ended, unmade]: [FlowRecord[], string[]] = [[], []];
  const station = {
    time: 1,
    now: () => station.time,
    totals: { sent: 0, received: 0, allowed: 0, denied: 0, dropped: 0 },
    log: { ended: (flow: FlowRecord) => void ended.push(flow) },
    judge: {
      flow: () => deny,
      firstBytes: () => deny,
      unmade: ({ address }: FlowTarget) => void unmade.push(address),
    },
  };
  return { station, ended, unmade, denials: new Denials(station) };
}

const target = (address: string): FlowTarget => ({ protocol: "udp", address, port: 9 });

Deno.test("a target is told once in 5 s, and counted as often", () => {
  const { denials, station, ended } = made();
  for (const time of [1, 2, 4_999, 5_001, 5_002]) {
    station.time = time;
    denials.tell(target("192.0.2.1"), deny, "");
  }
  denials.tell(target("192.0.2.2"), deny, "");
  assertEquals(ended.map(({ target, end }) => [target.address, end]), [
    ["192.0.2.1", "denied"],
    ["192.0.2.1", "denied"],
    ["192.0.2.2", "denied"],
  ]);
  assertEquals(station.totals.denied, 3);
});

Deno.test("of what may be, the log or the judge is told that it did not begin", () => {
  const { denials, ended, unmade } = made();
  for (let times = 0; times < 3; times++) {
    denials.tell(target("192.0.2.1"), allow(target("192.0.2.1")), "no socket");
  }
  assertEquals([ended.map(({ end }) => end), unmade], [["no socket"], ["192.0.2.1", "192.0.2.1"]]);
});

Deno.test("of many targets the one told longest ago is forgotten", () => {
  const { denials, ended } = made();
  for (let index = 0; index <= 256; index++) denials.tell(target(`192.0.2.${index}`), deny, "");
  denials.tell(target("192.0.2.256"), deny, "");
  denials.tell(target("192.0.2.0"), deny, "");
  assertEquals(ended.length, 258);
});
