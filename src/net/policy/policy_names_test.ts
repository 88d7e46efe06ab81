import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { type NetworkWords, parseNetwork } from "./network_spec.ts";
import { Pins } from "./pins.ts";
import { PolicyNames } from "./policy_names.ts";
import { rulesOf } from "./rules.ts";

const host = { addresses: () => new Set(["203.0.113.5"]), broadcasts: () => new Set<string>() };

function names(words: NetworkWords): PolicyNames {
  const spec = parseNetwork(words);
  if (!spec) throw new Error("there is no network");
  return new PolicyNames({ rules: rulesOf(spec), pins: new Pins(() => 0), host });
}

Deno.test("every name may be looked up unless rules name what is allowed", () => {
  for (
    const words of [{ net: true }, { net: "public" }, { allowCidr: ["0.0.0.0/0"] }, { allowCidr: ["::/0"] }]
  ) {
    assertEquals([names(words).byName, names(words).query("evil.example")], [false, undefined]);
  }
  const denied = {
    allowed: false,
    reason: "no rule allows the name",
    name: "evil.example",
    remedy: "--allow-host evil.example",
  } as const;
  const narrow: NetworkWords[] = [
    { allowHost: ["a.example:443"] },
    { allowCidr: ["10.0.0.0/8"] },
    { allowCidr: ["0.0.0.0/0:443"] },
    { allowLoopback: ["5432"] },
  ];
  for (const words of narrow) {
    assertEquals([names(words).byName, names(words).query("evil.example")], [true, denied]);
  }
  const policy = names({ allowHost: ["a.example:443", "*.b.example"] });
  const allowed = ["a.example", "x.b.example", "b.example", "a.example.evil.example", "localdomain", ""]
    .map((name) => policy.query(name) === undefined);
  assertEquals(allowed, [true, true, false, false, false, false]);
  assertEquals(policy.query("a\\046b.example")?.remedy, undefined);
});

Deno.test("an allowed name may not lead into this network, this host, or to metadata", () => {
  const policy = names({ allowHost: ["a.example"], allowCidr: ["10.9.0.0/16:5432"] });
  const cases: [string, RegExp | undefined, string?][] = [
    ["198.51.100.7", undefined],
    ["2001:db8::7", undefined],
    ["64:ff9b::c633:6407", undefined],
    ["10.9.0.1", undefined],
    ["10.1.2.3", /says 10\.1\.2\.3: it is a private address/, "--allow-cidr 10.1.2.3/32"],
    ["fd12::1", /private/, "--allow-cidr fd12::1/128"],
    ["100.64.0.1", /private/, "--allow-cidr 100.64.0.1/32"],
    ["::ffff:10.1.2.3", /private/, "--allow-cidr 10.1.2.3/32"],
    ["240.0.0.1", /reserved/, "--allow-cidr 240.0.0.1/32"],
    ["127.0.0.1", /this host's loopback/],
    ["0.0.0.0", /this host/],
    ["::", /this host/],
    ["203.0.113.5", /this host/],
    ["64:ff9b::7f00:1", /loopback/],
    ["169.254.169.254", /metadata/],
    ["169.254.1.1", /link-local/],
    ["fe80::1", /link-local/],
    ["224.0.0.1", /multicast/],
    ["10.0.2.2", /gateway/],
    ["10.0.2.15", /own link/],
  ];
  for (const [address, reason, remedy] of cases) {
    const denied = policy.answer("a.example", address);
    assertEquals(denied === undefined, reason === undefined, address);
    if (reason) assertMatch(denied?.reason ?? "", reason);
    assertEquals(denied?.remedy, remedy, address);
  }
  assertEquals(names({ net: true }).answer("a.example", "10.1.2.3"), undefined);
});
