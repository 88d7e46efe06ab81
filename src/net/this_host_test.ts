import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { ThisHost } from "./this_host.ts";

const route = (destination: string, length: string, flags: string, device: string) =>
  `${destination} ${length} ${"0".repeat(32)} 00 ${
    "0".repeat(32)
  } 00000400 00000003 00000000 ${flags}     ${device}`;
const ZERO = "0".repeat(32);

function host(
  routes: string | undefined,
  interfaces = [{ address: "192.168.7.5", cidr: "192.168.7.5/24" }],
): ThisHost {
  return new ThisHost({ interfaces: () => interfaces, ipv6Routes: () => routes, now: () => 0 });
}

Deno.test("ThisHost knows its addresses, and those that reach its neighbours all at once", () => {
  const seen = host("", [
    { address: "192.168.7.5", cidr: "192.168.7.5/24" },
    { address: "10.1.130.9", cidr: "10.1.130.9/17" },
    { address: "192.0.2.1", cidr: "192.0.2.1/31" },
    { address: "fe80::1%eth0", cidr: "fe80::1/64" },
    { address: "2001:DB8::1", cidr: "2001:db8::1/64" },
  ]);
  assertEquals([...seen.addresses()], ["192.168.7.5", "10.1.130.9", "192.0.2.1", "fe80::1", "2001:db8::1"]);
  assertEquals([...seen.broadcasts()], ["192.168.7.0", "192.168.7.255", "10.1.128.0", "10.1.255.255"]);
});

Deno.test("ThisHost reaches IPv6 by a route to it that is up, refuses nothing, and is not loopback's", () => {
  const cases: [string | undefined, boolean][] = [
    ["", false],
    [route(ZERO, "00", "00000003", "eth0"), true],
    [route(`2${"0".repeat(31)}`, "03", "00000003", "wg0"), true],
    [route(`2001${"0".repeat(28)}`, "20", "00000001", "eth0"), false],
    [route(`fe80${"0".repeat(28)}`, "40", "00000001", "eth0"), false],
    [route(ZERO, "00", "00200200", "lo"), false],
    [route(ZERO, "00", "00000203", "eth0"), false],
    [route(ZERO, "00", "00000002", "eth0"), false],
    [`${route(ZERO, "00", "00200200", "lo")}\n${route(ZERO, "00", "00000003", "eth0")}\n`, true],
    ["garbage\n\n", false],
  ];
  for (const [routes, expected] of cases) assertEquals(host(routes).reachesIpv6(), expected, routes);
  // Where no table of routes can be read, an address of the internet has to do.
  assertEquals(host(undefined).reachesIpv6(), false);
  assertEquals(host(undefined, [{ address: "2a00::1", cidr: "2a00::1/64" }]).reachesIpv6(), true);
  assertEquals(host(undefined, [{ address: "fd00::1", cidr: "fd00::1/64" }]).reachesIpv6(), false);
});

Deno.test("ThisHost looks again after 30 s, and keeps what it saw when it cannot", () => {
  let [now, address, broken] = [0, "192.0.2.1", false];
  const seen = new ThisHost({
    interfaces: () => {
      if (broken) throw new Error("no");
      return [{ address, cidr: null }];
    },
    ipv6Routes: () => "",
    now: () => now,
  });
  assertEquals([...seen.addresses()], ["192.0.2.1"]);
  address = "192.0.2.2";
  now = 29_999;
  assertEquals([...seen.addresses()], ["192.0.2.1"]);
  now = 30_000;
  assertEquals([...seen.addresses()], ["192.0.2.2"]);
  [broken, now] = [true, 60_000];
  assertEquals([...seen.addresses()], ["192.0.2.2"]);
});

Deno.test("ThisHost sees the real host: its loopback at least", () => {
  assertTrue(new ThisHost().addresses().has("127.0.0.1"));
});
