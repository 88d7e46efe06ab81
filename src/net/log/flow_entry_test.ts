import fc from "fast-check";
import { assertEquals } from "../../../tests/harness/assert.ts";
import type { FlowRecord } from "../model/gateway_parts.ts";
import { decodeEntry, encodeEntry, entryOf } from "./flow_entry.ts";

const allowed: FlowRecord = {
  target: { protocol: "tcp", address: "198.51.100.7", port: 443 },
  verdict: {
    allowed: true,
    rule: "--allow-host a.example",
    dial: ["198.51.100.7"],
    name: "a.example",
    inspect: true,
  },
  began: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  milliseconds: 12.4,
  sent: 100,
  received: 2_000,
  end: "closed",
};

const denied: FlowRecord = {
  ...allowed,
  target: { protocol: "tcp", address: "198.51.100.66", port: 22 },
  verdict: { allowed: false, reason: "no rule allows it", remedy: "--allow-cidr 198.51.100.66/32" },
  sent: 0,
  received: 0,
  end: "reset",
};

Deno.test("entryOf() says of a flow what a person or a script wants to know", () => {
  assertEquals(entryOf(allowed), {
    time: "2026-01-02T03:04:05.678Z",
    verdict: "allowed",
    protocol: "tcp",
    name: "a.example",
    address: "198.51.100.7",
    port: 443,
    sent: 100,
    received: 2_000,
    milliseconds: 12,
    rule: "--allow-host a.example",
    end: "closed",
  });
  const { address, port, reason, remedy, rule } = entryOf(denied);
  assertEquals([address, port, reason, remedy, rule], [
    "198.51.100.66",
    22,
    "no rule allows it",
    "--allow-cidr 198.51.100.66/32",
    undefined,
  ]);
});

Deno.test("entryOf() has a refused name without the gateway's address, and a ping without a port", () => {
  const name = entryOf({
    ...denied,
    target: { protocol: "udp", address: "10.0.2.2", port: 53 },
    verdict: { allowed: false, reason: "no rule allows the name", name: "evil.example" },
  });
  assertEquals([name.protocol, name.name, name.address, name.port], [
    "dns",
    "evil.example",
    undefined,
    undefined,
  ]);
  const ping = entryOf({ ...denied, target: { protocol: "icmp", address: "198.51.100.66", port: 0 } });
  assertEquals([ping.protocol, ping.address, ping.port], ["icmp", "198.51.100.66", undefined]);
});

Deno.test("nothing that a guest chose reaches a terminal as a control character, or fills a disk", () => {
  const hostile = `\x1b[31mevil\r\n{"v":1}\x9b\u0000${"x".repeat(10_000)}`;
  const line = encodeEntry(entryOf({
    ...denied,
    verdict: { allowed: false, reason: hostile, name: hostile, remedy: hostile },
    end: hostile,
  }));
  // deno-lint-ignore no-control-regex -- they are what must not be there
  assertEquals(/[\x00-\x1f\x7f-\x9f]/.test(JSON.parse(line).name + line), false);
  assertEquals(line.length < 2_500, true);
});

Deno.test("decodeEntry() reads what encodeEntry() wrote, and cleans what somebody else did", () => {
  for (const flow of [allowed, denied]) assertEquals(decodeEntry(encodeEntry(entryOf(flow))), entryOf(flow));
  const foreign = encodeEntry({ ...entryOf(denied), name: "\x1b[2Jevil" });
  assertEquals(decodeEntry(foreign)?.name, "evil");
  const later = encodeEntry(entryOf(denied)).replace("{", '{"more":1,');
  assertEquals(decodeEntry(later), entryOf(denied));
  for (const line of ["", "{", "null", "[]", '{"v":2}', encodeEntry(entryOf(denied)).slice(0, -2)]) {
    assertEquals(decodeEntry(line), undefined, line);
  }
  fc.assert(fc.property(fc.jsonValue(), (value) => decodeEntry(JSON.stringify(value)) === undefined));
});

Deno.test("a line of version 1 is read for ever", () => {
  const line =
    '{"v":1,"time":"2026-11-25T20:00:00.000Z","verdict":"denied","protocol":"dns","name":"evil.example",' +
    '"sent":30,"received":0,"milliseconds":0,"reason":"no rule allows the name","remedy":"--allow-host evil.example"}';
  assertEquals(decodeEntry(line)?.remedy, "--allow-host evil.example");
});
