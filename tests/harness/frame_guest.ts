/**
 * A guest of a gateway under test that speaks in frames: it makes them by hand, and reads what comes back, of which
 * every checksum has to be right.
 *
 * @module
 */
import type { FrameConnection } from "../../src/net/gateway/gateway.ts";
import { GATEWAY_MAC, GUEST_IPV4, GUEST_IPV6, GUEST_MAC } from "../../src/net/model/addresses.ts";
import { u16 } from "../../src/net/packet/bytes.ts";
import { fold, newMemory, sumOf } from "../../src/net/packet/checksum.ts";
import { Envelope } from "../../src/net/packet/envelope.ts";
import { addressBytes, addressText, macBytes } from "../../src/net/packet/ip_address.ts";
import { type IpPacket, parseIpv4, parseIpv6 } from "../../src/net/packet/ip_packet.ts";
import { parseTcp, putTcp, type TcpNumbers, type TcpSegment } from "../../src/net/packet/tcp_segment.ts";
import { putUdp } from "../../src/net/packet/udp.ts";
import { assertEquals, assertTrue } from "./assert.ts";
import { settled } from "./stand_in_clock.ts";

/** A packet that came back. */
export interface Came {
  readonly frame: Uint8Array<ArrayBuffer>;
  readonly packet: IpPacket;
  readonly from: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly tcp?: TcpSegment | undefined;
}

/** The guest's end of the wire. */
export class FrameGuest {
  /** What the gateway is made with. */
  readonly conn: FrameConnection;
  /** Frames that came and were not looked at. */
  frames: Uint8Array<ArrayBuffer>[] = [];
  /** Whether the gateway has closed its end. */
  closed = false;
  readonly #toGateway: Uint8Array[] = [];
  #more = Promise.withResolvers<void>();
  #partial = new Uint8Array(0);

  constructor() {
    this.conn = {
      read: (into) => this.#read(into),
      write: (bytes) => Promise.resolve(this.#written(bytes)),
      close: () => {
        this.closed = true;
        this.#more.resolve();
      },
    };
  }

  /** Whether the gateway has not read yet all that was sent: it takes so many frames in each turn of the event loop. */
  get waits(): boolean {
    return this.#toGateway.length > 0 && !this.closed;
  }

  /** Sends bytes as they are. */
  async raw(bytes: Uint8Array): Promise<void> {
    this.#toGateway.push(bytes);
    this.#more.resolve();
    await settled();
  }

  /** Sends a frame, and lets the gateway do what it does with it. */
  frame(frame: Uint8Array): Promise<void> {
    return this.raw(framed([frame]));
  }

  /** Sends a packet to an address. @param from the guest's own unless said otherwise */
  packet(to: string, protocol: number, payload: Uint8Array, from?: string): Promise<void> {
    return this.frame(packetFrame(to, protocol, payload, from));
  }

  /** Sends a segment from port 1234. */
  tcp(
    to: string,
    port: number,
    numbers: Partial<TcpNumbers> & { data?: Uint8Array; mss?: number },
  ): Promise<void> {
    return this.frame(tcpFrame(to, port, numbers));
  }

  /** Sends a datagram from port 1234. */
  udp(to: string, port: number, data: Uint8Array, sourcePort = 1_234): Promise<void> {
    return this.frame(udpFrame(to, port, data, sourcePort));
  }

  /** The packets that came since the last call; all checksums are right. */
  came(): Came[] {
    return this.frames.splice(0).map(read);
  }

  /** The one packet that came. */
  only(): Came {
    const all = this.came();
    assertEquals(all.length, 1, "packets that came");
    return all[0] as Came;
  }

  async #read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.closed) return null;
      const first = this.#toGateway[0];
      if (first) {
        const count = Math.min(into.length, first.length);
        into.set(first.subarray(0, count));
        if (count === first.length) this.#toGateway.shift();
        else this.#toGateway[0] = first.subarray(count);
        return count;
      }
      this.#more = Promise.withResolvers();
      await this.#more.promise;
    }
  }

  #written(bytes: Uint8Array): number {
    const all = new Uint8Array(this.#partial.length + bytes.length);
    all.set(this.#partial);
    all.set(bytes, this.#partial.length);
    let at = 0;
    while (all.length - at >= 4) {
      const length = new DataView(all.buffer).getUint32(at);
      assertTrue(length >= 14 && length <= 65_550, `a frame of ${length} bytes`);
      if (all.length - at - 4 < length) break;
      this.frames.push(all.slice(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#partial = all.slice(at);
    return bytes.length;
  }
}

const [guestMac, gatewayMac] = [macBytes(GUEST_MAC), macBytes(GATEWAY_MAC)];

/** Frames as they stand in the stream, each behind its length. */
export function framed(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const frame of frames) {
    new DataView(bytes.buffer).setUint32(at, frame.length);
    bytes.set(frame, at + 4);
    at += 4 + frame.length;
  }
  return bytes;
}

/** A frame with a packet. */
export function packetFrame(
  to: string,
  protocol: number,
  payload: Uint8Array,
  from?: string,
): Uint8Array<ArrayBuffer> {
  const envelope = toGateway(to, protocol, from);
  const frame = new Uint8Array(envelope.bytes + payload.length);
  frame.set(payload, envelope.put(frame, 0, payload.length));
  return frame;
}

/** A frame with a TCP segment, which has no checksum, as of a guest with offload. */
export function tcpFrame(
  to: string,
  port: number,
  { data = new Uint8Array(0), mss, ...numbers }: Partial<TcpNumbers> & { data?: Uint8Array; mss?: number },
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(28 + data.length);
  const all = {
    sourcePort: 1_234,
    destinationPort: port,
    sequence: 0,
    acknowledgment: 0,
    flags: 16,
    window: 65_535,
  };
  const at = putTcp(bytes, 0, { ...all, ...numbers }, mss === undefined ? undefined : { mss });
  bytes.set(data, at);
  return packetFrame(to, 6, bytes.subarray(0, at + data.length));
}

/** A frame with a UDP datagram. */
export function udpFrame(
  to: string,
  port: number,
  data: Uint8Array,
  sourcePort = 1_234,
): Uint8Array<ArrayBuffer> {
  const memory = newMemory(2 * Math.ceil((8 + data.length) / 2));
  putUdp(memory, 0, { envelope: toGateway(to, 17), sourcePort, destinationPort: port, data });
  return packetFrame(to, 17, memory.bytes.subarray(0, 8 + data.length));
}

function toGateway(to: string, protocol: number, from?: string): Envelope {
  const source = addressBytes(from ?? (to.includes(":") ? GUEST_IPV6 : GUEST_IPV4));
  return new Envelope({
    destinationMac: gatewayMac,
    sourceMac: guestMac,
    source,
    destination: addressBytes(to),
    protocol,
  });
}

/** Reads a frame of the gateway's. @throws where anything about it is wrong */
export function read(frame: Uint8Array<ArrayBuffer>): Came {
  assertEquals(frame.subarray(0, 12).toHex(), guestMac.toHex() + gatewayMac.toHex());
  return readForAnybody(frame);
}

/** The same, whoever it is for. */
export function readForAnybody(frame: Uint8Array<ArrayBuffer>): Came {
  const v4 = u16(frame, 12) === 0x0800;
  const packet = v4 ? parseIpv4(frame, 14, frame.length) : parseIpv6(frame, 14, frame.length);
  assertTrue(packet, "a packet");
  assertEquals(packet.end, frame.length);
  const memory = newMemory(2 * Math.ceil(frame.length / 2));
  memory.bytes.set(frame);
  if (v4) assertEquals(sumOf(memory, 14, 20), 0xffff, "the checksum of the IPv4 header");
  const { protocol, payloadAt, end, sourceAt, addressBytes: size } = packet;
  const pseudo = protocol === 1 ? 0 : sumOf(memory, sourceAt, 2 * size) + protocol + end - payloadAt;
  const sum = fold(pseudo + sumOf(memory, payloadAt, end - payloadAt));
  if (!packet.fragment) assertEquals(sum, 0xffff, `the checksum of protocol ${protocol}`);
  return {
    frame,
    packet,
    from: addressText(frame, sourceAt, size),
    payload: frame.slice(payloadAt, end),
    tcp: protocol === 6 ? parseTcp(frame, payloadAt, end) : undefined,
  };
}
