/**
 * IP addresses and ranges of them, as ipaddr.js has them, read as strictly as the rest of this project reads: no
 * octal, hexadecimal or short forms of IPv4 (inet_aton), no zones. Canonical text is dotted decimal and RFC 5952. Pure.
 *
 * @module
 */
import ipaddr from "ipaddr.js";

/** An address. */
export type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/** A range of addresses (RFC 4632): those whose first `bits` bits are the base's. */
export interface Cidr {
  readonly base: Ip;
  readonly bits: number;
}

/** Reads an address; `undefined` for what is none. */
export function parseIp(text: string): Ip | undefined {
  if (text.includes(":")) {
    return text.includes("%") || !ipaddr.IPv6.isValid(text) ? undefined : ipaddr.IPv6.parse(text);
  }
  // The library takes 010.1 and 0x7f.1 as well, each as inet_aton reads it.
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text) || !ipaddr.IPv4.isValid(text)) return undefined;
  return ipaddr.IPv4.parse(text);
}

/** Reads an address of 4 or 16 bytes, as packets and DNS answers have it. */
export function ipOfBytes(bytes: Uint8Array): Ip {
  return ipaddr.fromByteArray([...bytes]);
}

/** Canonical text of an address; `undefined` for what is none. */
export function canonicalIp(text: string): string | undefined {
  return parseIp(text)?.toString();
}

/** Most bits that a range of this kind of address can fix: 32 or 128. */
export function addressBits(ip: Ip): number {
  return ip.kind() === "ipv4" ? 32 : 128;
}

/**
 * Reads `ADDRESS/BITS`, or an address alone, which is a range of one. Bits behind the prefix stay as they were
 * written: see {@linkcode firstOf}.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = "", bitsText] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const base = parseIp(address);
  if (!base) return undefined;
  const bits = bitsText === undefined ? addressBits(base) : Number(bitsText);
  return bits > addressBits(base) ? undefined : { base, bits };
}

/** The range with an address that has no bits behind the prefix, as a range is written. */
export function firstOf({ base, bits }: Cidr): Cidr {
  const bytes = base.toByteArray().map((byte, index) => {
    const kept = Math.min(Math.max(bits - 8 * index, 0), 8);
    return byte & (0xff00 >> kept) & 0xff;
  });
  return { base: ipaddr.fromByteArray(bytes), bits };
}

/** `10.0.0.0/8`. */
export function cidrText({ base, bits }: Cidr): string {
  return `${base}/${bits}`;
}

/** Whether an address is in a range. */
export function inCidr(ip: Ip, { base, bits }: Cidr): boolean {
  return ip.kind() === base.kind() && ip.match(base, bits);
}

/** Whether a whole range is in another. */
export function within(inner: Cidr, outer: Cidr): boolean {
  return inner.bits >= outer.bits && inCidr(inner.base, outer);
}
