/**
 * ARP for IPv4 over Ethernet (RFC 826): who asks for which address, and the answer. Pure.
 *
 * @module
 */
import { putU16, sameBytes, u16 } from "./bytes.ts";
import { ETHERNET_BYTES, EtherType, putEthernet } from "./ethernet.ts";

/** Bytes of a frame with an ARP packet: no padding, which virtual devices do not need. */
export const ARP_FRAME_BYTES = ETHERNET_BYTES + 28;

const REQUEST = 1;
const REPLY = 2;

/** Whether a frame asks for an IPv4 address. @param at where the ARP packet begins */
export function asksFor(bytes: Uint8Array, at: number, end: number, address: Uint8Array): boolean {
  return end - at >= 28 && u16(bytes, at) === 1 && u16(bytes, at + 2) === EtherType.ipv4 &&
    bytes[at + 4] === 6 && bytes[at + 5] === 4 && u16(bytes, at + 6) === REQUEST &&
    sameBytes(bytes, at + 24, address, 0, 4);
}

/**
 * Writes the frame that answers a request.
 *
 * @param request where the asking ARP packet stands
 * @param mac of the address that was asked for
 */
export function putArpReply(
  bytes: Uint8Array,
  at: number,
  { request, mac }: { request: Uint8Array; mac: Uint8Array },
): void {
  const asker = request.subarray(8, 18);
  const arp = putEthernet(bytes, at, { destination: asker.subarray(0, 6), source: mac, type: EtherType.arp });
  putU16(bytes, arp, 1);
  putU16(bytes, arp + 2, EtherType.ipv4);
  bytes[arp + 4] = 6;
  bytes[arp + 5] = 4;
  putU16(bytes, arp + 6, REPLY);
  bytes.set(mac, arp + 8);
  bytes.set(request.subarray(24, 28), arp + 14);
  bytes.set(asker, arp + 18);
}
