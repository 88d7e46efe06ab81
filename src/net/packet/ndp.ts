/**
 * Neighbour discovery (RFC 4861) as far as a gateway needs it: a solicitation of its address, and the advertisement
 * that answers. Router solicitations get no answer, because guests have static addresses and routes. Pure.
 *
 * @module
 */
import { putU32, sameBytes } from "./bytes.ts";
import type { Memory } from "./checksum.ts";
import type { Envelope } from "./envelope.ts";
import { putChecksum } from "./icmp.ts";

/** Bytes of an advertisement with one option. */
export const ADVERTISEMENT_BYTES = 32;

const SOLICITATION = 135;
const ADVERTISEMENT = 136;

/** Whether an ICMPv6 message asks who has an address. */
export function solicits(bytes: Uint8Array, at: number, end: number, address: Uint8Array): boolean {
  return end - at >= 24 && bytes[at] === SOLICITATION && bytes[at + 1] === 0 &&
    sameBytes(bytes, at + 8, address, 0, 16);
}

/** Writes the answer: router, solicited, override; the MAC as target link-layer address. */
export function putAdvertisement(
  memory: Memory,
  at: number,
  { envelope, address, mac }: { envelope: Envelope; address: Uint8Array; mac: Uint8Array },
): void {
  const { bytes } = memory;
  putU32(bytes, at, ADVERTISEMENT << 24);
  putU32(bytes, at + 4, 0xe0000000);
  bytes.set(address, at + 8);
  bytes.set([2, 1], at + 24);
  bytes.set(mac, at + 26);
  putChecksum(memory, at, { envelope, length: ADVERTISEMENT_BYTES, v4: false });
}
