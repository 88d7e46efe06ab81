/**
 * What kind of place an address is, however it is written: IPv4 inside of IPv6 counts as the IPv4 address it
 * leads to. Pure; the host's own addresses come in.
 *
 * @module
 */
import { GATEWAY_IPV4, GATEWAY_IPV6, IPV4_PREFIX, IPV6_PREFIX } from "../model/addresses.ts";
import type { HostFacts } from "../model/host_facts.ts";
import { type Cidr, inCidr, type Ip, ipOfBytes, parseCidr, within } from "../model/ip.ts";

/**
 * The kinds. `host` is this host by any address that is not loopback, `gateway` and `segment` are of the VM's own
 * link, `reserved` is for no use that the internet knows.
 */
export type AddressClass =
  | "gateway"
  | "segment"
  | "loopback"
  | "host"
  | "link-local"
  | "metadata"
  | "multicast"
  | "broadcast"
  | "private"
  | "reserved"
  | "public";

/**
 * Ranges and their kinds; the first that has the address counts. RFC 6890 and its registries, but: ranges for
 * documentation (192.0.2.0/24, 2001:db8::/32) and benchmarks (198.18.0.0/15) are public, because nothing private
 * is there, and proxies of the host that work by made-up addresses give names of the internet some of 198.18.0.0/15.
 */
const ranges: readonly (readonly [AddressClass, readonly string[]])[] = [
  ["gateway", [GATEWAY_IPV4, GATEWAY_IPV6]],
  ["segment", [`${GATEWAY_IPV4}/${IPV4_PREFIX}`, `${GATEWAY_IPV6}/${IPV6_PREFIX}`]],
  ["metadata", [
    // AWS, Azure, Google Cloud, DigitalOcean, OpenStack and others; AWS for containers (ECS, EKS).
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    // AWS, its IPv6 services of an instance; Google Cloud; Scaleway; OpenStack.
    "fd00:ec2::/32",
    "fd20:ce::254",
    "fd00:42::42",
    "fe80::a9fe:a9fe",
    // Alibaba Cloud, Azure (WireServer), Oracle Cloud.
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
  ]],
  ["loopback", ["127.0.0.0/8", "::1"]],
  // Linux connects 0.0.0.0 and :: to its own loopback.
  ["host", ["0.0.0.0/8", "::"]],
  ["broadcast", ["255.255.255.255"]],
  ["multicast", ["224.0.0.0/4", "ff00::/8"]],
  ["link-local", ["169.254.0.0/16", "fe80::/10"]],
  // RFC 1918, RFC 6598 (carriers), RFC 4193, RFC 3879 (site-local), RFC 8215 (a local NAT64).
  ["private", [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "fc00::/7",
    "fec0::/10",
    "64:ff9b:1::/48",
  ]],
  ["reserved", [
    "192.0.0.0/24",
    "192.88.99.0/24",
    "240.0.0.0/4",
    "2001::/32",
    "2001:10::/28",
    "2001:20::/28",
  ]],
  ["public", ["0.0.0.0/0", "2000::/3"]],
];

const table = ranges.flatMap(([kind, words]) => words.map((word) => ({ kind, range: cidrOf(word) })));

/** Kinds that nothing can make reachable by their own address. */
const NEVER: readonly AddressClass[] = [
  "segment",
  "loopback",
  "host",
  "link-local",
  "metadata",
  "multicast",
  "broadcast",
];

/** Whether no rule may allow addresses of a kind. */
export function isNever(kind: AddressClass): boolean {
  return NEVER.includes(kind);
}

/** The kind of an address. */
export function classify(ip: Ip, host: Pick<HostFacts, "addresses" | "broadcasts">): AddressClass {
  const own = plainClass(ip, host);
  // An address that leads to the gateway by a detour is none that a guest of ours has from us.
  const inner = [...innerIpv4(ip)].map(({ ip: inside, whole }) => {
    const kind = plainClass(inside, host);
    return { kind: kind === "gateway" ? "segment" as const : kind, whole };
  });
  const forbidden = inner.find(({ kind }) => isNever(kind));
  if (forbidden) return forbidden.kind;
  return isNever(own) ? own : inner.find(({ whole }) => whole)?.kind ?? own;
}

/** The kind that a whole range is of, where that can be said without knowing the host: of those that nothing allows. */
export function classOfRange(range: Cidr): AddressClass | undefined {
  return table.find(({ kind, range: outer }) => isNever(kind) && within(range, outer))?.kind;
}

/**
 * The address that counts for rules and is dialled: the IPv4 one of `::ffff:a.b.c.d`, which is only another way to
 * write it; any other as it is.
 */
export function effectiveIp(ip: Ip): Ip {
  return ip.kind() === "ipv6" && inCidr(ip, MAPPED) ? lastIpv4(ip) : ip;
}

/** An address and every IPv4 address that it leads to, by translation or through a tunnel. */
export function placesOf(ip: Ip): Ip[] {
  return [ip, ...innerIpv4(ip).map(({ ip: inside }) => inside)];
}

function plainClass(ip: Ip, host: Pick<HostFacts, "addresses" | "broadcasts">): AddressClass {
  const found = table.find(({ range }) => inCidr(ip, range))?.kind ?? "reserved";
  if (isNever(found) || found === "gateway") return found;
  const text = ip.toString();
  if (host.addresses().has(text)) return "host";
  return host.broadcasts().has(text) ? "broadcast" : found;
}

const MAPPED = cidrOf("::ffff:0:0/96");

/** Ranges whose addresses are IPv4 ones in their last 32 bits: mapped, translated (RFC 2765), compatible, NAT64. */
const WHOLE = [MAPPED, ...["::ffff:0:0:0/96", "::/96", "64:ff9b::/96"].map(cidrOf)];
const SIX_TO_FOUR = cidrOf("2002::/16");
const TEREDO = cidrOf("2001::/32");
const LOCAL_NAT64 = cidrOf("64:ff9b:1::/48");

/** IPv4 addresses that an IPv6 one leads to; `whole`: it is no more than another way to that address. */
function* innerIpv4(ip: Ip): Generator<{ readonly ip: Ip; readonly whole: boolean }> {
  if (ip.kind() === "ipv4") return;
  const bytes = ip.toByteArray();
  // :: and ::1 have kinds of their own.
  if (["::", "::1"].includes(ip.toString())) return;
  if (WHOLE.some((range) => inCidr(ip, range))) yield { ip: lastIpv4(ip), whole: true };
  if (inCidr(ip, SIX_TO_FOUR)) yield { ip: ipOfBytes(Uint8Array.from(bytes.slice(2, 6))), whole: true };
  if (inCidr(ip, LOCAL_NAT64)) yield { ip: lastIpv4(ip), whole: false };
  // RFC 4380: the client's address, each bit turned round.
  if (inCidr(ip, TEREDO)) {
    yield { ip: ipOfBytes(Uint8Array.from(bytes.slice(12), (byte) => byte ^ 0xff)), whole: false };
  }
  // RFC 5214, ISATAP: 00-00-5E-FE, or with the universal bit 02-00-5E-FE, before the address.
  if ((bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe) {
    yield { ip: lastIpv4(ip), whole: false };
  }
}

function lastIpv4(ip: Ip): Ip {
  return ipOfBytes(Uint8Array.from(ip.toByteArray().slice(12)));
}

function cidrOf(word: string): Cidr {
  const cidr = parseCidr(word);
  if (!cidr) throw new TypeError(`Cannot read ${word}: it is no range`);
  return cidr;
}
