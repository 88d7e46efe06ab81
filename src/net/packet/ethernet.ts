/**
 * Ethernet II frames: a header of 14 bytes, no tags, no frame check sequence. Pure.
 *
 * @module
 */
import { putU16, sameBytes } from "./bytes.ts";

/** Destination, source, EtherType. */
export const ETHERNET_BYTES = 14;

/** Values of the EtherType field that matter here. */
export const EtherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

/** Whether a frame is for one station alone, and that one. */
export function isFor(bytes: Uint8Array, frameAt: number, mac: Uint8Array): boolean {
  return sameBytes(bytes, frameAt, mac, 0, 6);
}

/** Whether a frame goes to a group, or to all. */
export function isMulticast(bytes: Uint8Array, frameAt: number): boolean {
  return ((bytes[frameAt] ?? 0) & 1) === 1;
}

/** Writes a header. @returns where the payload belongs */
export function putEthernet(
  bytes: Uint8Array,
  at: number,
  { destination, source, type }: { destination: Uint8Array; source: Uint8Array; type: number },
): number {
  bytes.set(destination, at);
  bytes.set(source, at + 6);
  putU16(bytes, at + 12, type);
  return at + ETHERNET_BYTES;
}
