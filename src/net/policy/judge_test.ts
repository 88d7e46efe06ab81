import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import type { FlowTarget, Verdict } from "../model/gateway_parts.ts";
import { PolicyJudge } from "./judge.ts";
import { type NetworkWords, parseNetwork } from "./network_spec.ts";
import { Pins } from "./pins.ts";
import { rulesOf } from "./rules.ts";

const host = {
  addresses: () => new Set(["192.168.7.5", "203.0.113.5", "2001:db8:7::5"]),
  broadcasts: () => new Set(["192.168.7.255"]),
};

/** A judge of a network, and what it was told. */
function judged(words: NetworkWords, told: readonly [name: string, address: string][] = []) {
  const clock = { now: 0 };
  const pins = new Pins(() => clock.now);
  for (const [name, address] of told) pins.tell(name, address, 60);
  const spec = parseNetwork(words);
  if (!spec) throw new Error("there is no network");
  const judge = new PolicyJudge({ rules: rulesOf(spec), pins, host });
  const tcp = (address: string, port = 443): Verdict => judge.flow({ protocol: "tcp", address, port });
  const udp = (address: string, port: number): Verdict => judge.flow({ protocol: "udp", address, port });
  const ping = (address: string): Verdict => judge.flow({ protocol: "icmp", address, port: 0 });
  return { judge, pins, clock, tcp, udp, ping };
}

const NEVER: [string, RegExp][] = [
  ["127.0.0.1", /this host's loopback/],
  ["::1", /this host's loopback/],
  ["0.0.0.0", /this host/],
  ["::", /this host/],
  ["192.168.7.5", /this host/],
  ["203.0.113.5", /this host/],
  ["2001:db8:7::5", /this host/],
  ["::ffff:192.168.7.5", /this host/],
  ["::ffff:127.0.0.1", /this host/],
  ["64:ff9b::7f00:1", /this host/],
  ["64:ff9b::a9fe:a9fe", /metadata/],
  ["2002:7f00:1::1", /this host/],
  ["2002:c0a8:705::", /this host/],
  ["169.254.169.254", /metadata/],
  ["fd00:ec2::254", /metadata/],
  ["100.100.100.200", /metadata/],
  ["169.254.1.1", /link-local/],
  ["fe80::1", /link-local/],
  ["224.0.0.251", /multicast/],
  ["ff02::fb", /multicast/],
  ["255.255.255.255", /broadcast/],
  ["192.168.7.255", /broadcast/],
  ["10.0.2.15", /own link/],
  ["10.0.2.3", /own link/],
];

Deno.test("the host, its link, metadata, multicast and broadcast are out of reach whatever the rules say", () => {
  const networks: NetworkWords[] = [
    { net: true },
    { net: "public" },
    { allowCidr: ["0.0.0.0/0", "::/0"] },
    {
      allowCidr: [
        "192.168.0.0/16",
        "203.0.113.0/24",
        "100.64.0.0/10",
        "fd00::/8",
        "64:ff9b::/96",
        "2002::/16",
      ],
    },
    { allowLoopback: ["1-65535"] },
    { allowHost: ["a.example"] },
  ];
  for (const words of networks) {
    // A name does not help either: a lying name server could have told any of them.
    const { tcp, udp, ping } = judged(words, NEVER.map(([address]) => ["a.example", address]));
    for (const [address, reason] of NEVER) {
      for (const verdict of [tcp(address), udp(address, 1234), ping(address)]) {
        assertEquals(verdict.allowed, false, `${address} with ${JSON.stringify(words)}`);
        if (!verdict.allowed) assertMatch(verdict.reason, reason);
      }
    }
  }
});

Deno.test("--net allows the internet and private networks, --net=public the internet alone", () => {
  const places = [
    "198.51.100.7",
    "2001:db8::7",
    "10.1.2.3",
    "100.64.0.1",
    "fd12::1",
    "240.0.0.1",
    "64:ff9b::a00:1",
  ];
  const allowed = (words: NetworkWords) => places.map((address) => judged(words).tcp(address).allowed);
  assertEquals(allowed({ net: true }), [true, true, true, true, true, true, true]);
  assertEquals(allowed({ net: "public" }), [true, true, false, false, false, false, false]);
  assertEquals(judged({ net: true }, [["a.example", "198.51.100.7"]]).tcp("198.51.100.7"), {
    allowed: true,
    rule: "--net",
    dial: ["198.51.100.7"],
    name: "a.example",
    inspect: false,
  });
  assertEquals(judged({ net: "public" }).tcp("10.1.2.3"), {
    allowed: false,
    reason: "it is a private address, and the network is --net=public",
    remedy: "--net",
  });
  // DNS, QUIC and pings are like anything else here.
  const { udp, ping } = judged({ net: "public" });
  assertEquals(
    [udp("198.51.100.7", 53), udp("198.51.100.7", 443), ping("198.51.100.7")].map((v) => v.allowed),
    [
      true,
      true,
      true,
    ],
  );
});

Deno.test("a mapped address is judged and dialled as the IPv4 address it is", () => {
  const verdict = judged({ allowCidr: ["198.51.100.0/24"] }).tcp("::ffff:198.51.100.7");
  assertEquals(verdict.allowed && verdict.dial, ["198.51.100.7"]);
  assertEquals(
    judged({ net: true, denyCidr: ["198.51.100.0/24"] }).tcp("::ffff:198.51.100.7").allowed,
    false,
  );
});

Deno.test("--deny-cidr wins over everything that allows", () => {
  const denyCidr = ["198.51.100.0/24"];
  const told: [string, string][] = [["a.example", "198.51.100.7"]];
  const networks: NetworkWords[] = [
    { net: true, denyCidr },
    { net: "public", denyCidr },
    { allowCidr: ["198.51.100.7"], denyCidr },
    { allowHost: ["a.example"], denyCidr },
  ];
  for (const words of networks) {
    assertEquals(judged(words, told).tcp("198.51.100.7"), {
      allowed: false,
      reason: "--deny-cidr 198.51.100.0/24 forbids it",
      name: "a.example",
    });
  }
});

Deno.test("--deny-cidr holds for every way to an address", () => {
  const { tcp } = judged({ net: true, denyCidr: ["10.0.0.0/8", "2001:db8:5::/48"] });
  const ways = ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203", "64:ff9b:1::a01:203", "2002:a01:203::1"];
  for (const address of [...ways, "2606::5efe:a01:203", "2001:db8:5::1"]) {
    assertEquals(tcp(address).allowed, false, address);
  }
  for (const address of ["11.1.2.3", "64:ff9b::b01:203", "2001:db8:6::1"]) {
    assertEquals(tcp(address).allowed, true, address);
  }
});

Deno.test("--allow-cidr allows its addresses at its ports, private ones too, and nothing else", () => {
  const { tcp, udp, ping } = judged({
    allowCidr: ["10.0.0.0/8:80,443", "[2001:db8::/32]:22", "192.0.2.0/24"],
  });
  assertEquals(tcp("10.1.2.3"), {
    allowed: true,
    rule: "--allow-cidr 10.0.0.0/8:80,443",
    dial: ["10.1.2.3"],
    inspect: false,
  });
  assertEquals(tcp("10.1.2.3", 22), {
    allowed: false,
    reason: "no rule allows it",
    remedy: "--allow-cidr 10.1.2.3/32",
  });
  assertEquals(tcp("2001:db8::1", 22).allowed, true);
  assertEquals(tcp("2001:db8::1", 23), {
    allowed: false,
    reason: "no rule allows it",
    remedy: "--allow-cidr 2001:db8::1/128",
  });
  assertEquals(tcp("198.51.100.1").allowed, false);
  assertEquals([ping("192.0.2.1").allowed, ping("10.1.2.3").allowed], [true, false]);
  assertEquals([udp("192.0.2.1", 53).allowed, udp("192.0.2.1", 443).allowed], [true, true]);
});

Deno.test("--allow-host allows the addresses that were told for the name, at its ports", () => {
  const told: [string, string][] = [["a.example", "198.51.100.7"], ["a.example", "198.51.100.8"]];
  const { tcp, udp, ping } = judged({ allowHost: ["a.example:443,22"] }, told);
  assertEquals(tcp("198.51.100.7"), {
    allowed: true,
    rule: "--allow-host a.example:22,443",
    dial: ["198.51.100.7"],
    name: "a.example",
    inspect: true,
  });
  assertEquals(tcp("198.51.100.7", 80), {
    allowed: false,
    reason: "no rule allows it",
    name: "a.example",
    remedy: "--allow-host a.example:80",
  });
  assertEquals(tcp("198.51.100.9"), {
    allowed: false,
    reason: "no rule allows it",
    remedy: "--allow-cidr 198.51.100.9/32",
  });
  assertEquals(ping("198.51.100.7"), {
    allowed: false,
    reason: "no rule allows it",
    name: "a.example",
    remedy: "--allow-host a.example",
  });
  const quic = udp("198.51.100.7", 443);
  assertEquals(quic.allowed, false);
  if (!quic.allowed) assertMatch(quic.reason, /QUIC/);
});

Deno.test("names are asked at the gateway alone under a policy by names", () => {
  const told: [string, string][] = [["a.example", "198.51.100.7"], ["dns.example", "198.51.100.8"]];
  const { tcp, udp, ping } = judged({ allowHost: ["a.example", "dns.example:853"] }, told);
  for (const verdict of [udp("198.51.100.7", 53), tcp("198.51.100.7", 53), tcp("198.51.100.7", 853)]) {
    assertEquals(verdict.allowed, false);
  }
  // Who names the port wants it.
  assertEquals(tcp("198.51.100.8", 853).allowed, true);
  assertEquals([ping("198.51.100.7").allowed, udp("198.51.100.7", 123).allowed], [true, true]);
  const other = udp("198.51.100.99", 53);
  assertEquals(other.allowed, false);
  if (!other.allowed) assertMatch(other.reason, /asked at the gateway/);
});

Deno.test("an address whose time is over leads to the name's current ones, or nowhere", () => {
  const { tcp, pins, clock } = judged({ allowHost: ["a.example"] }, [["a.example", "198.51.100.7"]]);
  clock.now = 60_000;
  assertEquals(tcp("198.51.100.7"), {
    allowed: false,
    reason: "it was an address of a.example, which has to be looked up again",
    name: "a.example",
  });
  pins.tell("a.example", "2001:db8::8", 60);
  pins.tell("a.example", "198.51.100.8", 60);
  pins.tell("a.example", "198.51.100.9", 60);
  const verdict = tcp("198.51.100.7");
  assertEquals(verdict.allowed && verdict.dial, ["198.51.100.9", "198.51.100.8", "2001:db8::8"]);
});

Deno.test("of several names at one address any that is allowed and current does", () => {
  const allowHost = ["old.example", "new.example", "dns.example:53", "any.example"];
  const { tcp, udp, pins, clock } = judged({ allowHost }, [["new.example", "198.51.100.7"], [
    "old.example",
    "198.51.100.7",
  ]]);
  clock.now = 60_000;
  pins.tell("new.example", "198.51.100.7", 60);
  const verdict = tcp("198.51.100.7");
  assertEquals([verdict.allowed, verdict.name], [true, "new.example"]);
  // One that is refused at this port does not stand in the way of one that names it.
  for (const name of ["any.example", "dns.example", "any.example"]) pins.tell(name, "198.51.100.8", 60);
  assertEquals([udp("198.51.100.8", 53).allowed, udp("198.51.100.8", 53).name], [true, "dns.example"]);
});

Deno.test("a flow keeps its name's address for as long as it lives", () => {
  const { tcp, judge, clock } = judged({ allowHost: ["a.example"] }, [["a.example", "198.51.100.7"]]);
  const target: FlowTarget = { protocol: "tcp", address: "198.51.100.7", port: 443 };
  const verdict = judge.flow(target);
  clock.now = 5_000_000;
  assertEquals(tcp("198.51.100.7").allowed, true);
  judge.ended({ target, verdict });
  judge.ended({ target, verdict });
  clock.now += 60_000;
  assertEquals(tcp("198.51.100.7").allowed, false);
});

Deno.test("--allow-loopback leads from the gateway's address to this host's loopback", () => {
  const { tcp, udp, ping } = judged({ allowLoopback: ["5432,8000-8010"] });
  const allowed = {
    allowed: true,
    rule: "--allow-loopback 5432,8000-8010",
    dial: ["127.0.0.1", "::1"],
    name: "host.smolvm.internal",
    inspect: false,
  } as const;
  assertEquals([tcp("10.0.2.2", 5432), udp("10.0.2.2", 8010), tcp("fd8e:5c1b:7a30::2", 8000)], [
    allowed,
    allowed,
    allowed,
  ]);
  assertEquals(tcp("10.0.2.2", 22), {
    allowed: false,
    reason: "this port of the host is not allowed",
    name: "host.smolvm.internal",
    remedy: "--allow-loopback 22",
  });
  assertEquals([tcp("127.0.0.1", 5432).allowed, tcp("192.168.7.5", 5432).allowed], [false, false]);
  assertEquals(tcp("::ffff:10.0.2.2", 5432).allowed, false);
  assertEquals([ping("10.0.2.2").allowed, tcp("198.51.100.1").allowed], [true, false]);
  const beside = judged({ net: true, allowLoopback: ["5432"] });
  const places = [["10.0.2.2", 5432], ["10.0.2.2", 22], ["198.51.100.1", 443], ["127.0.0.1", 5432]] as const;
  assertEquals(places.map(([address, port]) => beside.tcp(address, port).allowed), [
    true,
    false,
    true,
    false,
  ]);
  const plain = judged({ net: true });
  assertEquals(plain.tcp("10.0.2.2", 5432).allowed, false);
  assertEquals(plain.tcp("192.168.7.5", 5432), {
    allowed: false,
    reason: "it is this host; ports of this host are at host.smolvm.internal",
    remedy: "--allow-loopback 5432",
  });
});

Deno.test("what is no address is denied", () => {
  const { tcp } = judged({ net: true });
  for (const address of ["", "example.com", "1.2.3", "010.0.0.1", "1.2.3.4%lo"]) {
    assertEquals(tcp(address), { allowed: false, reason: "it is no address" });
  }
});
