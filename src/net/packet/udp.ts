/**
 * UDP datagrams (RFC 768). Pure.
 *
 * @module
 */
import { putU16, u16 } from "./bytes.ts";
import type { Memory } from "./checksum.ts";
import type { Envelope } from "./envelope.ts";

/** Ports, length, checksum. */
export const UDP_BYTES = 8;

/** A datagram within bytes. */
export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly dataAt: number;
  readonly dataEnd: number;
}

/** Reads a datagram. One whose length field does not fit its packet, or without ports, is none. */
export function parseUdp(bytes: Uint8Array, at: number, end: number): UdpDatagram | undefined {
  const length = u16(bytes, at + 4);
  if (end - at < UDP_BYTES || length < UDP_BYTES || length > end - at) return undefined;
  const [sourcePort, destinationPort] = [u16(bytes, at), u16(bytes, at + 2)];
  if (sourcePort === 0 || destinationPort === 0) return undefined;
  return { sourcePort, destinationPort, dataAt: at + UDP_BYTES, dataEnd: at + length };
}

/**
 * Writes a datagram behind its envelope.
 *
 * @param data at most 65,507 bytes
 */
export function putUdp(
  memory: Memory,
  at: number,
  { envelope, sourcePort, destinationPort, data }: {
    envelope: Envelope;
    sourcePort: number;
    destinationPort: number;
    data: Uint8Array;
  },
): void {
  const { bytes } = memory;
  putU16(bytes, at, sourcePort);
  putU16(bytes, at + 2, destinationPort);
  putU16(bytes, at + 4, UDP_BYTES + data.length);
  putU16(bytes, at + 6, 0);
  bytes.set(data, at + UDP_BYTES);
  // A checksum of 0 says that there is none.
  putU16(bytes, at + 6, envelope.checksum(memory, at, UDP_BYTES + data.length) || 0xffff);
}
