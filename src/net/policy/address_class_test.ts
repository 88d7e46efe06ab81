import { assertEquals } from "../../../tests/harness/assert.ts";
import { cidrText, parseCidr, parseIp } from "../model/ip.ts";
import { type AddressClass, classify, classOfRange, effectiveIp } from "./address_class.ts";

const host = {
  addresses: () => new Set(["192.168.7.5", "203.0.113.5", "2001:db8:7::5"]),
  broadcasts: () => new Set(["192.168.7.255", "192.168.7.0"]),
};

const kindOf = (text: string): AddressClass => {
  const ip = parseIp(text);
  if (!ip) throw new Error(`${text} is no address`);
  return classify(ip, host);
};

Deno.test("classify() knows every kind of place", () => {
  const cases: Record<AddressClass, readonly string[]> = {
    gateway: ["10.0.2.2", "fd8e:5c1b:7a30::2"],
    segment: ["10.0.2.1", "10.0.2.15", "10.0.2.255", "fd8e:5c1b:7a30::15", "::ffff:10.0.2.2"],
    loopback: ["127.0.0.1", "127.255.255.254", "::1"],
    host: ["0.0.0.0", "0.1.2.3", "::", "192.168.7.5", "203.0.113.5", "2001:db8:7::5"],
    "link-local": ["169.254.0.1", "169.254.255.255", "fe80::1", "febf::1"],
    metadata: [
      "169.254.169.254",
      "169.254.170.2",
      "fd00:ec2::254",
      "fd00:ec2::23",
      "100.100.100.200",
      "168.63.129.16",
      "192.0.0.192",
      "fd20:ce::254",
    ],
    multicast: ["224.0.0.1", "239.255.255.250", "ff02::1"],
    broadcast: ["255.255.255.255", "192.168.7.255", "192.168.7.0"],
    private: [
      "10.0.0.1",
      "10.0.3.1",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.7.6",
      "100.64.0.1",
      "100.127.255.255",
      "fc00::1",
      "fdff::1",
      "fec0::1",
      "64:ff9b:1::808:808",
    ],
    reserved: [
      "240.0.0.1",
      "192.0.0.1",
      "192.88.99.1",
      "2001:0:4136:e378:8000:63bf:f7f7:f7f7",
      "4000::1",
      "100::1",
    ],
    public: [
      "8.8.8.8",
      "172.32.0.1",
      "100.128.0.1",
      "192.0.2.1",
      "198.18.0.1",
      "198.51.100.1",
      "203.0.113.6",
      "2001:db8::1",
      "2606:4700::1111",
    ],
  };
  for (const [kind, words] of Object.entries(cases)) {
    for (const word of words) assertEquals(kindOf(word), kind, word);
  }
});

Deno.test("classify() sees through every way to write an IPv4 address as an IPv6 one", () => {
  const forms = [
    (hex: string) => `::ffff:${hex}`,
    (hex: string) => `::ffff:0:${hex}`,
    (hex: string) => `::${hex}`,
    (hex: string) => `64:ff9b::${hex}`,
    (hex: string) => `2002:${hex}::1`,
  ];
  const places: [string, AddressClass][] = [
    ["7f00:1", "loopback"],
    ["a9fe:a9fe", "metadata"],
    ["a9fe:1", "link-local"],
    ["c0a8:705", "host"],
    ["c0a8:7ff", "broadcast"],
    ["e000:1", "multicast"],
    ["ffff:ffff", "broadcast"],
    ["a00:202", "segment"],
    ["c0a8:1", "private"],
    ["6464:64c8", "metadata"],
    ["808:808", "public"],
  ];
  for (const form of forms) {
    for (const [hex, kind] of places) assertEquals(kindOf(form(hex)), kind, form(hex));
  }
  // 0.0.0.0 in each; ::0.0.0.0 is :: itself.
  for (const word of ["::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "2002::1", "::"]) {
    assertEquals(kindOf(word), "host", word);
  }
});

Deno.test("classify() finds the host behind tunnels: Teredo, ISATAP, a local NAT64", () => {
  assertEquals(kindOf("2001:0:4136:e378:8000:63bf:80ff:fffe"), "loopback");
  assertEquals(kindOf("2606::5efe:7f00:1"), "loopback");
  assertEquals(kindOf("2606::200:5efe:c0a8:705"), "host");
  assertEquals(kindOf("64:ff9b:1:fffe::a9fe:a9fe"), "metadata");
  // A tunnel to a private address is where its prefix says.
  assertEquals(kindOf("2606::5efe:c0a8:1"), "public");
});

Deno.test("classOfRange() says of a range that nothing in it can be allowed", () => {
  const kind = (word: string) => {
    const range = parseCidr(word);
    if (!range) throw new Error(word);
    return classOfRange(range);
  };
  assertEquals(kind("127.0.0.0/8"), "loopback");
  assertEquals(kind("127.0.0.1/32"), "loopback");
  assertEquals(kind("169.254.169.254/32"), "metadata");
  assertEquals(kind("169.254.0.0/16"), "link-local");
  assertEquals(kind("fe80::/64"), "link-local");
  assertEquals(kind("224.0.0.0/4"), "multicast");
  assertEquals(kind("10.0.2.0/24"), "segment");
  for (const word of ["0.0.0.0/0", "::/0", "10.0.0.0/8", "100.64.0.0/10", "128.0.0.0/1"]) {
    assertEquals(kind(word), undefined, word);
  }
});

Deno.test("effectiveIp() turns a mapped address into the one it is, and no other", () => {
  const text = (word: string) => {
    const range = parseCidr(word);
    return range && cidrText({ base: effectiveIp(range.base), bits: 0 });
  };
  assertEquals(text("::ffff:1.2.3.4"), "1.2.3.4/0");
  assertEquals(text("64:ff9b::1.2.3.4"), "64:ff9b::102:304/0");
  assertEquals(text("1.2.3.4"), "1.2.3.4/0");
});
