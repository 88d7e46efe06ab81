/**
 * IP packets as the gateway sees them: offsets into the bytes of a frame, for IPv4 (RFC 791) and IPv6 (RFC 8200)
 * alike. A packet that is cut off, or says that it is longer than its frame, is none. Checksums are not looked at: a
 * guest with offload leaves them unfinished. Pure.
 *
 * @module
 */
import { u16, u32 } from "./bytes.ts";

/** Values of the protocol and next header fields. */
export const IpProtocol = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** A packet within bytes. All members but the numbers of a protocol are offsets. */
export interface IpPacket {
  readonly version: 4 | 6;
  readonly protocol: number;
  /** 4 or 16. */
  readonly addressBytes: number;
  readonly headerAt: number;
  readonly sourceAt: number;
  readonly destinationAt: number;
  readonly payloadAt: number;
  readonly end: number;
  /** A piece of a packet. */
  readonly fragment?: Fragment | undefined;
}

/** Where a piece belongs. */
export interface Fragment {
  readonly id: number;
  /** Bytes of the payload in front of it. */
  readonly offset: number;
  /** Whether more follows. */
  readonly more: boolean;
}

/** Reads an IPv4 header, options skipped. @param end of the frame, which may have padding */
export function parseIpv4(bytes: Uint8Array, at: number, end: number): IpPacket | undefined {
  if (end - at < 20 || (bytes[at] ?? 0) >> 4 !== 4) return undefined;
  const headerBytes = ((bytes[at] ?? 0) & 15) * 4;
  const total = u16(bytes, at + 2);
  if (headerBytes < 20 || total < headerBytes || total > end - at) return undefined;
  const place = u16(bytes, at + 6);
  const [offset, more] = [(place & 0x1fff) * 8, (place & 0x2000) !== 0];
  return {
    version: 4,
    protocol: bytes[at + 9] ?? 0,
    addressBytes: 4,
    headerAt: at,
    sourceAt: at + 12,
    destinationAt: at + 16,
    payloadAt: at + headerBytes,
    end: at + total,
    fragment: offset > 0 || more ? { id: u16(bytes, at + 4), offset, more } : undefined,
  };
}

/** Most extension headers that are skipped. */
const MAX_EXTENSIONS = 8;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION = 60;

/** Reads an IPv6 header and the extension headers behind it. Jumbograms (RFC 2675) are none. */
export function parseIpv6(bytes: Uint8Array, at: number, end: number): IpPacket | undefined {
  if (end - at < 40 || (bytes[at] ?? 0) >> 4 !== 6) return undefined;
  const packetEnd = at + 40 + u16(bytes, at + 4);
  if (packetEnd > end) return undefined;
  let protocol = bytes[at + 6] ?? 0;
  let payloadAt = at + 40;
  let fragment: Fragment | undefined;
  for (let count = 0; isExtension(protocol); count++) {
    const next = bytes[payloadAt] ?? 0;
    const length = protocol === FRAGMENT ? 8 : 8 + 8 * (bytes[payloadAt + 1] ?? 0);
    // What follows the header of a piece is data of the whole.
    if (count >= MAX_EXTENSIONS || fragment || payloadAt + length > packetEnd) return undefined;
    if (protocol === FRAGMENT) {
      const place = u16(bytes, payloadAt + 2);
      const [offset, more] = [place & 0xfff8, (place & 1) !== 0];
      // RFC 6946: a fragment header on a whole packet is skipped.
      if (offset > 0 || more) fragment = { id: u32(bytes, payloadAt + 4), offset, more };
    }
    protocol = next;
    payloadAt += length;
    if (fragment) break;
  }
  return {
    version: 6,
    protocol,
    addressBytes: 16,
    headerAt: at,
    sourceAt: at + 8,
    destinationAt: at + 24,
    payloadAt,
    end: packetEnd,
    fragment,
  };
}

function isExtension(protocol: number): boolean {
  return protocol === HOP_BY_HOP || protocol === ROUTING || protocol === FRAGMENT || protocol === DESTINATION;
}
