/**
 * Sends a payload to the guest, in pieces where it is longer than a packet of the segment: of the 65,515 bytes that a
 * packet of a host may have 65,500 fit.
 *
 * @module
 */
import { MTU } from "../model/addresses.ts";
import { putU16, putU32 } from "../packet/bytes.ts";
import { complement, type Memory, newMemory, sumOf } from "../packet/checksum.ts";
import type { Envelope } from "../packet/envelope.ts";
import { ETHERNET_BYTES } from "../packet/ethernet.ts";
import { sendPacket, type Station } from "./station.ts";

/** Next header: a piece (RFC 8200, section 4.5). */
const FRAGMENT = 44;

/** What is needed of a station. */
export type Way = Pick<Station, "outbox" | "totals" | "changed">;

let identification = 0;

/** Sends one, or loses it. @param put writes the payload, with its checksum, at that place of that memory */
export function sendPayload(
  station: Way,
  envelope: Envelope,
  length: number,
  put: (memory: Memory, at: number) => void,
): void {
  if (envelope.bytes - ETHERNET_BYTES + length <= MTU) {
    return sendPacket(station, envelope, length, (at) => put(station.outbox.memory, at));
  }
  const whole = newMemory(2 * Math.ceil(length / 2));
  put(whole, 0);
  sendPieces(station, envelope, whole.bytes.subarray(0, length));
}

function sendPieces(station: Way, envelope: Envelope, payload: Uint8Array): void {
  identification = (identification + 1) & 0xffff;
  const v4 = envelope.bytes === ETHERNET_BYTES + 20;
  const extra = v4 ? 0 : 8;
  const most = (MTU - (envelope.bytes - ETHERNET_BYTES) - extra) & ~7;
  for (let offset = 0; offset < payload.length; offset += most) {
    const piece = payload.subarray(offset, offset + most);
    const more = offset + most < payload.length ? 1 : 0;
    sendPacket(station, envelope, extra + piece.length, (at) => {
      const { memory } = station.outbox;
      const ip = at - (envelope.bytes - ETHERNET_BYTES);
      if (v4) {
        putU16(memory.bytes, ip + 4, identification);
        putU16(memory.bytes, ip + 6, (more << 13) | (offset >> 3));
        putU16(memory.bytes, ip + 10, 0);
        putU16(memory.bytes, ip + 10, complement(sumOf(memory, ip, 20)));
      } else {
        memory.bytes[ip + 6] = FRAGMENT;
        putU16(memory.bytes, at, envelope.protocol << 8);
        putU16(memory.bytes, at + 2, offset | more);
        putU32(memory.bytes, at + 4, identification);
      }
      memory.bytes.set(piece, at + extra);
    });
  }
}
