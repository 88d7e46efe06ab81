import fc from "fast-check";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { canonicalIp, cidrText, firstOf, inCidr, ipOfBytes, parseCidr, parseIp, within } from "./ip.ts";

Deno.test("canonicalIp() has one text for every way to write an address", () => {
  const cases: [string, string | undefined][] = [
    ["1.2.3.4", "1.2.3.4"],
    ["0.0.0.0", "0.0.0.0"],
    ["::", "::"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
    // What inet_aton would read, and what is a name at best.
    ["010.0.0.1", undefined],
    ["0x7f.0.0.1", undefined],
    ["127.1", undefined],
    ["2130706433", undefined],
    ["256.1.1.1", undefined],
    ["1.2.3.4.", undefined],
    [" 1.2.3.4", undefined],
    ["fe80::1%eth0", undefined],
    ["1::2::3", undefined],
    [":::", undefined],
    ["12345::", undefined],
    ["", undefined],
  ];
  for (const [text, expected] of cases) assertEquals(canonicalIp(text), expected, text);
});

Deno.test("parseCidr() takes an address alone, and refuses prefixes that are too long", () => {
  const text = (word: string) => {
    const cidr = parseCidr(word);
    return cidr && cidrText(cidr);
  };
  assertEquals(text("10.0.0.0/8"), "10.0.0.0/8");
  assertEquals(text("10.1.2.3"), "10.1.2.3/32");
  assertEquals(text("2001:db8::1"), "2001:db8::1/128");
  for (
    const word of ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10/8", "/8", "a/8", "1.2.3.4/8/8"]
  ) {
    assertEquals(text(word), undefined, word);
  }
});

Deno.test("firstOf() clears what is behind the prefix, and keeps every member a member", () => {
  const cleared = (word: string) => {
    const cidr = parseCidr(word);
    return cidr && cidrText(firstOf(cidr));
  };
  assertEquals(cleared("10.1.2.3/8"), "10.0.0.0/8");
  assertEquals(cleared("10.1.255.3/23"), "10.1.254.0/23");
  assertEquals(cleared("10.1.2.3/0"), "0.0.0.0/0");
  assertEquals(cleared("fe80::1/10"), "fe80::/10");
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(bytes, fc.nat(128), (raw, prefix) => {
    const base = ipOfBytes(raw);
    const bits = Math.min(prefix, 8 * raw.length);
    return inCidr(base, firstOf({ base, bits })) && canonicalIp(base.toString()) === base.toString();
  }));
});

Deno.test("inCidr() and within() never mix IPv4 and IPv6", () => {
  const [all, ten, six] = ["0.0.0.0/0", "10.0.0.0/8", "::/0"].map((word) => parseCidr(word));
  const address = parseIp("10.1.2.3");
  if (!all || !ten || !six || !address) throw new Error("none is malformed");
  assertEquals([all, ten, six].map((cidr) => inCidr(address, cidr)), [true, true, false]);
  assertEquals([within(ten, all), within(all, ten), within(ten, six)], [true, false, false]);
});
