/**
 * Sends UDP datagrams to the guest, in pieces where one is longer than a packet of the segment: of the 65,507 bytes
 * that a host may get 65,492 fit.
 *
 * @module
 */
import { MTU } from "../model/addresses.ts";
import { putU16, putU32 } from "../packet/bytes.ts";
import { complement, newMemory, sumOf } from "../packet/checksum.ts";
import type { Envelope } from "../packet/envelope.ts";
import { ETHERNET_BYTES } from "../packet/ethernet.ts";
import { IpProtocol } from "../packet/ip_packet.ts";
import { putUdp, UDP_BYTES } from "../packet/udp.ts";
import { sendPacket, type Station } from "./station.ts";

/** Next header: a piece (RFC 8200, section 4.5). */
const FRAGMENT = 44;

type Way = Pick<Station, "outbox" | "totals" | "changed">;

let identification = 0;

/** Sends one, or loses it. */
export function sendDatagram(
  station: Way,
  envelope: Envelope,
  datagram: { readonly sourcePort: number; readonly destinationPort: number; readonly data: Uint8Array },
): void {
  const length = UDP_BYTES + datagram.data.length;
  if (length > 0xffff) {
    station.totals.dropped++;
    return;
  }
  if (envelope.bytes - ETHERNET_BYTES + length <= MTU) {
    return sendPacket(
      station,
      envelope,
      length,
      (at) => putUdp(station.outbox.memory, at, { envelope, ...datagram }),
    );
  }
  const whole = newMemory(2 * Math.ceil(length / 2));
  putUdp(whole, 0, { envelope, ...datagram });
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
        putU16(memory.bytes, at, IpProtocol.udp << 8);
        putU16(memory.bytes, at + 2, offset | more);
        putU32(memory.bytes, at + 4, identification);
      }
      memory.bytes.set(piece, at + extra);
    });
  }
}
