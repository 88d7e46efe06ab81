import { assertEquals } from "../../../tests/harness/assert.ts";
import { flowLine } from "./flow_line.ts";

const time = "2026-01-02T03:04:05.678Z";

Deno.test("flowLine() says of an allowed flow where it went, how much, how long, and by which rule", () => {
  const flow = {
    time,
    verdict: "allowed",
    protocol: "tcp",
    name: "a.example",
    address: "198.51.100.7",
  } as const;
  assertEquals(
    flowLine({
      ...flow,
      port: 443,
      sent: 512,
      received: 2_048_000,
      milliseconds: 1_250,
      rule: "--net",
      end: "closed",
    }),
    `${time}  allowed  tcp   a.example 198.51.100.7:443: 512 B out, 2.05 MB in, 1.3 s, closed (--net)`,
  );
});

Deno.test("flowLine() says of a denied one why, and what would allow it", () => {
  const none = { sent: 0, received: 0, milliseconds: 3 };
  const six = {
    time,
    verdict: "denied",
    protocol: "udp",
    address: "2001:db8::1",
    port: 123,
    ...none,
  } as const;
  assertEquals(
    flowLine({ ...six, reason: "no rule allows it", remedy: "--allow-cidr 2001:db8::1/128" }),
    `${time}  denied   udp   [2001:db8::1]:123: no rule allows it; allow it with --allow-cidr 2001:db8::1/128`,
  );
  const name = { time, verdict: "denied", protocol: "dns", name: "evil.example", ...none } as const;
  assertEquals(
    flowLine({ ...name, reason: "no rule allows the name" }),
    `${time}  denied   dns   evil.example: no rule allows the name`,
  );
});
