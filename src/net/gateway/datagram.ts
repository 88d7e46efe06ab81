/**
 * Sends UDP datagrams to the guest.
 *
 * @module
 */
import type { Envelope } from "../packet/envelope.ts";
import { putUdp, UDP_BYTES } from "../packet/udp.ts";
import { sendPayload, type Way } from "./pieces.ts";

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
  sendPayload(station, envelope, length, (memory, at) => putUdp(memory, at, { envelope, ...datagram }));
}
