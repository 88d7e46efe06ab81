/**
 * What the network of this host is at the moment: addresses of its interfaces, and whether the IPv6 internet can be
 * reached. Looked at again every 30 s, because a VPN comes up while VMs run.
 *
 * @module
 */
import { debug } from "../log.ts";
import type { HostFacts } from "./model/host_facts.ts";
import { type Cidr, inCidr, ipOfBytes, parseCidr, parseIp } from "./model/ip.ts";

/** How long what was seen counts, in milliseconds. */
const LOOK_MILLISECONDS = 30_000;

/** An interface's address, as Deno.networkInterfaces() has it. */
export interface InterfaceAddress {
  readonly address: string;
  readonly cidr: string | null;
}

/** How the host is looked at; a test has others. */
export interface HostSources {
  interfaces(): readonly InterfaceAddress[];
  /** Text of Linux's /proc/net/ipv6_route; `undefined` where there is none. */
  ipv6Routes(): string | undefined;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

const sources: HostSources = {
  interfaces: () => Deno.networkInterfaces(),
  ipv6Routes: () => {
    try {
      return Deno.readTextFileSync("/proc/net/ipv6_route");
    } catch {
      return undefined;
    }
  },
  now: () => performance.now(),
};

interface Seen {
  readonly addresses: ReadonlySet<string>;
  readonly broadcasts: ReadonlySet<string>;
  readonly reachesIpv6: boolean;
}

/** This host. */
export class ThisHost implements HostFacts {
  readonly #sources: HostSources;
  #seen: Seen | undefined;
  #until = 0;

  constructor(own: HostSources = sources) {
    this.#sources = own;
  }

  addresses(): ReadonlySet<string> {
    return this.#look().addresses;
  }

  broadcasts(): ReadonlySet<string> {
    return this.#look().broadcasts;
  }

  reachesIpv6(): boolean {
    return this.#look().reachesIpv6;
  }

  #look(): Seen {
    const now = this.#sources.now();
    if (this.#seen && now < this.#until) return this.#seen;
    this.#until = now + LOOK_MILLISECONDS;
    try {
      this.#seen = seenOf(this.#sources.interfaces(), this.#sources.ipv6Routes());
    } catch (error) {
      // What was seen last is closer to the truth than nothing.
      debug("the host's network cannot be seen", { error: String(error) });
      this.#seen ??= seenOf([], "");
    }
    return this.#seen;
  }
}

function seenOf(interfaces: readonly InterfaceAddress[], routes: string | undefined): Seen {
  const addresses = interfaces.flatMap(({ address }) =>
    parseIp(address.replace(/%.*$/, ""))?.toString() ?? []
  );
  const broadcasts = interfaces.flatMap(({ cidr }) => {
    const range = parseCidr(cidr ?? "");
    return range ? edges(range) : [];
  });
  return {
    addresses: new Set(addresses),
    broadcasts: new Set(broadcasts),
    reachesIpv6: routes === undefined ? addresses.some(isGlobalIpv6) : hasIpv6Route(routes),
  };
}

/** First and last address of an IPv4 subnet of four addresses or more: the old and the new way to say all of it. */
function edges({ base, bits }: Cidr): string[] {
  if (base.kind() !== "ipv4" || bits > 30) return [];
  const bytes = base.toByteArray();
  const kept = (index: number) => 0xff00 >> Math.min(Math.max(bits - 8 * index, 0), 8) & 0xff;
  return [
    ipOfBytes(Uint8Array.from(bytes, (byte, index) => byte & kept(index))).toString(),
    ipOfBytes(Uint8Array.from(bytes, (byte, index) => byte | ~kept(index) & 0xff)).toString(),
  ];
}

const GLOBAL = parseCidr("2000::/3");

function isGlobalIpv6(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && GLOBAL !== undefined && inCidr(ip, GLOBAL);
}

/** RTF_UP and RTF_REJECT of linux/route.h. */
const UP = 0x1;
const REJECT = 0x200;

/**
 * Whether a route leads to 2000::/3: its fields are destination, prefix length, source, its prefix length, next hop,
 * metric, references, uses, flags and device, in hexadecimal (linux/net/ipv6/route.c, rt6_info_route).
 */
function hasIpv6Route(text: string): boolean {
  return text.split("\n").some((line) => {
    const [destination = "", length = "", , , , , , , flags = "", device] = line.trim().split(/\s+/);
    const isWide = parseInt(length, 16) <= 3 && /^[023]0{31}$/.test(destination);
    const bits = parseInt(flags, 16);
    return isWide && device !== "lo" && (bits & UP) !== 0 && (bits & REJECT) === 0;
  });
}
