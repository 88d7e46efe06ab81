/**
 * What all parts of a gateway share: the way to the guest, memory, time, and those who decide and remember. And how
 * everything that is no TCP segment is sent to the guest.
 *
 * @module
 */
import { GATEWAY_MAC } from "../model/addresses.ts";
import type { FlowLog, Judge, NameServer } from "../model/gateway_parts.ts";
import type { OpenEcho } from "../host/echo_socket.ts";
import type { Dial } from "../host/host_stream.ts";
import type { OpenUdp } from "../host/udp_socket.ts";
import { Envelope } from "../packet/envelope.ts";
import { ICMP_BYTES, putUnreachable, QUOTED_BYTES, type Unreachable } from "../packet/icmp.ts";
import { macBytes } from "../packet/ip_address.ts";
import { type IpPacket, IpProtocol } from "../packet/ip_packet.ts";
import type { ChunkPool } from "../tcp/chunk_pool.ts";
import type { FrameOutbox } from "./frame_outbox.ts";

/** MAC of the gateway. */
export const GATEWAY_MAC_BYTES = macBytes(GATEWAY_MAC);

/** What counts up as long as a gateway lives. */
export interface Totals {
  /** Payload bytes of TCP, UDP and echoes from the guest, and to it. */
  sent: number;
  received: number;
  /** Flows that were allowed, and that were not. */
  allowed: number;
  denied: number;
  /** Packets that were no packets, or for which there was no place. */
  dropped: number;
}

/** The shared parts. */
export interface Station {
  readonly outbox: FrameOutbox;
  readonly pool: ChunkPool;
  readonly judge: Judge;
  readonly names: NameServer;
  readonly log: FlowLog;
  readonly dial: Dial;
  readonly openUdp: OpenUdp;
  readonly openEcho: OpenEcho;
  readonly totals: Totals;
  /** Milliseconds; never goes back. */
  now(): number;
  /** Has the timer look at all flows by then. */
  by(deadline: number): void;
  /** A flow was begun or refused, which takes longer than any other packet. */
  began(): void;
  /** Has what was put into the outbox sent at the end of this turn, and flows that wait for room served. */
  changed(): void;
}

/** A packet of the guest, in the frame that it came in. */
export interface Arrival {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly packet: IpPacket;
  /** MAC of the sender. */
  readonly mac: Uint8Array;
}

/** Headers of what answers a packet: from its destination, or from another address. */
export function answering(
  { bytes, packet, mac }: Arrival,
  { protocol = packet.protocol, source }: { protocol?: number; source?: Uint8Array } = {},
): Envelope {
  const { sourceAt, destinationAt, addressBytes } = packet;
  return new Envelope({
    destinationMac: mac.slice(),
    sourceMac: GATEWAY_MAC_BYTES,
    source: source ?? bytes.slice(destinationAt, destinationAt + addressBytes),
    destination: bytes.slice(sourceAt, sourceAt + addressBytes),
    protocol,
  });
}

/** Sends a packet in one frame, or loses it. @param put writes the payload, which begins there */
export function sendPacket(
  { outbox, totals, changed }: Pick<Station, "outbox" | "totals" | "changed">,
  envelope: Envelope,
  length: number,
  put: (at: number) => void,
): void {
  const at = outbox.begin(envelope.bytes + length);
  if (at < 0) totals.dropped++;
  else put(envelope.put(outbox.memory.bytes, at, length));
  changed();
}

/** Begin of a packet, as an ICMP error quotes it. */
export function quoteOf({ bytes, packet: { headerAt, end } }: Arrival, most = QUOTED_BYTES): Uint8Array {
  return bytes.slice(headerAt, Math.min(end, headerAt + most));
}

/** Tells the guest why a packet goes nowhere, as if its destination did. */
export function sendUnreachable(
  station: Pick<Station, "outbox" | "totals" | "changed">,
  arrival: Arrival,
  why: Unreachable,
): void {
  const { version } = arrival.packet;
  const envelope = answering(arrival, { protocol: version === 4 ? IpProtocol.icmp : IpProtocol.icmpv6 });
  sendError(station, { envelope, version, why, quoted: quoteOf(arrival) });
}

/** An ICMP error to be sent later than its packet came. */
export interface IcmpError {
  /** Headers of ICMP. */
  readonly envelope: Envelope;
  readonly version: 4 | 6;
  readonly why: Unreachable;
  readonly quoted: Uint8Array;
}

/** Sends one. */
export function sendError(station: Pick<Station, "outbox" | "totals" | "changed">, error: IcmpError): void {
  const length = ICMP_BYTES + error.quoted.length;
  sendPacket(station, error.envelope, length, (at) => putUnreachable(station.outbox.memory, at, error));
}
