import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import type { Denied, FlowTarget } from "../model/gateway_parts.ts";
import { BlockedNotices } from "./blocked_notices.ts";

function made() {
  const lines: string[] = [];
  const notices = new BlockedNotices((line) => lines.push(line));
  const deny = (target: FlowTarget, verdict: Omit<Denied, "allowed">) =>
    notices.ended({
      target,
      verdict: { allowed: false, ...verdict },
      began: 0,
      milliseconds: 0,
      sent: 0,
      received: 0,
      end: "reset",
    });
  return { lines, notices, deny };
}

const tcp = (address: string, port = 443): FlowTarget => ({ protocol: "tcp", address, port });
const udp = (address: string, port: number): FlowTarget => ({ protocol: "udp", address, port });
const reason = "no rule allows it";

Deno.test("BlockedNotices name what was blocked as its user would, and what allows it", () => {
  const { lines, deny } = made();
  deny(udp("10.0.2.2", 53), { reason, name: "evil.example", remedy: "--allow-host evil.example" });
  deny(tcp("198.51.100.7"), { reason, name: "a.example", remedy: "--allow-host a.example:443" });
  deny(tcp("198.51.100.8", 22), { reason, remedy: "--allow-cidr 198.51.100.8/32" });
  deny(tcp("2001:db8::8", 22), { reason, remedy: "--allow-cidr 2001:db8::8/128" });
  deny(udp("198.51.100.8", 123), { reason, remedy: "--allow-cidr 198.51.100.8/32" });
  deny({ protocol: "icmp", address: "2001:db8::8", port: 0 }, {
    reason,
    remedy: "--allow-cidr 2001:db8::8/128",
  });
  deny(tcp("169.254.169.254", 80), { reason: "it is a cloud's metadata service" });
  assertEquals(lines, [
    "blocked: evil.example; allow it with --allow-host evil.example",
    "blocked: a.example:443; allow it with --allow-host a.example:443",
    "blocked: 198.51.100.8:22; allow it with --allow-cidr 198.51.100.8/32",
    "blocked: [2001:db8::8]:22; allow it with --allow-cidr 2001:db8::8/128",
    "blocked: 198.51.100.8:123/udp; allow it with --allow-cidr 198.51.100.8/32",
    "blocked: ping to 2001:db8::8; allow it with --allow-cidr 2001:db8::8/128",
    "blocked: 169.254.169.254:80: it is a cloud's metadata service",
  ]);
});

Deno.test("BlockedNotices tell each target once, and no more than fifty", () => {
  const { lines, notices, deny } = made();
  for (let round = 0; round < 3; round++) deny(tcp("198.51.100.8"), { reason, remedy: "--net" });
  notices.ended({
    target: tcp("198.51.100.9"),
    verdict: { allowed: true, rule: "--net", dial: ["198.51.100.9"], inspect: false },
    began: 0,
    milliseconds: 0,
    sent: 0,
    received: 0,
    end: "closed",
  });
  assertEquals(lines.length, 1);
  for (let port = 1; port < 1_000; port++) deny(tcp("198.51.100.8", port), { reason, remedy: "--net" });
  assertEquals(lines.length, 51);
  assertMatch(lines.at(-1) ?? "", /more than that/);
});

Deno.test("BlockedNotices are silent about what programs do unasked, and never a terminal's master", () => {
  const { lines, deny } = made();
  deny(udp("198.51.100.8", 443), { reason, remedy: "--allow-cidr 198.51.100.8/32" });
  deny(udp("224.0.0.251", 5353), { reason: "it is a multicast address" });
  deny(udp("10.0.2.2", 53), { reason, name: "8.100.51.198.in-addr.arpa", remedy: "--allow-host x" });
  assertEquals(lines, []);
  deny(udp("10.0.2.2", 53), { reason, name: "\x1b[2Jevil\n", remedy: "--allow-host x" });
  assertEquals(lines, ["blocked: evil ; allow it with --allow-host x"]);
});
