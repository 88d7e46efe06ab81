/**
 * Frames that a real guest sent (src/net/gateway/golden/guest_frames.json), and how they are sent again, to a gateway
 * that begins its connections with other sequence numbers than the one they were sent to.
 *
 * @module
 */
import { putU16, putU32, u16, u32 } from "../../src/net/packet/bytes.ts";
import { parseIpv4, parseIpv6 } from "../../src/net/packet/ip_packet.ts";
import { parseTcp, TcpFlag, type TcpSegment } from "../../src/net/packet/tcp_segment.ts";
import guestFrames from "../../src/net/gateway/golden/guest_frames.json" with { type: "json" };

/** The frames, in their order. */
export const capturedFrames: readonly Uint8Array<ArrayBuffer>[] = await unpacked(guestFrames.frames);

async function unpacked(text: string): Promise<Uint8Array<ArrayBuffer>[]> {
  const stream = new Blob([Uint8Array.fromBase64(text)]).stream().pipeThrough(
    new DecompressionStream("gzip"),
  );
  const bytes = await new Response(stream).bytes();
  const frames = [];
  for (let at = 0; at < bytes.length; at += 4 + u32(bytes, at)) {
    frames.push(bytes.slice(at + 4, at + 4 + u32(bytes, at)));
  }
  return frames;
}

interface Flow {
  /** What the guest waits for next when the connection is made: in the capture, and from this gateway. */
  captured?: number;
  answered?: number;
  /** What this gateway has sent, in bytes. */
  sent: number;
}

/** The capture once more. */
export class Replay {
  readonly #shift: number;
  readonly #flows = new Map<string, Flow>();
  #next: number;
  #left = capturedFrames.length;

  /**
   * @param shift is added to the guest's ports, so that several can be played to one gateway
   * @param first index of the frame to begin with; the ones before it come last
   */
  constructor(shift = 0, first = 0) {
    this.#shift = shift;
    this.#next = first;
  }

  /** Has to be told what the gateway has sent. */
  hear(frame: Uint8Array<ArrayBuffer>): void {
    const { address, at, tcp } = read(frame, "source");
    if (!tcp) return;
    const flow = this.#flows.get(`${address} ${tcp.sourcePort} ${tcp.destinationPort}`);
    if (!flow) return;
    if ((tcp.flags & TcpFlag.syn) !== 0) flow.answered = (u32(frame, at + 4) + 1) >>> 0;
    else if (flow.answered !== undefined) {
      const length = tcp.dataEnd - tcp.dataAt + (tcp.flags & TcpFlag.fin);
      flow.sent = Math.max(flow.sent, (tcp.sequence + length - flow.answered) | 0);
    }
  }

  /** The next frame, which acknowledges nothing that this gateway has not sent; `undefined` behind the last. */
  next(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#left-- <= 0) return undefined;
    const frame = capturedFrames[this.#next++ % capturedFrames.length]?.slice();
    if (!frame) return undefined;
    const { address, at, tcp, isUdp } = read(frame, "destination");
    if (tcp || isUdp) putU16(frame, at, (u16(frame, at) + this.#shift) & 0xffff || 1);
    if (!tcp) return frame;
    const key = `${address} ${tcp.destinationPort} ${u16(frame, at)}`;
    const flow = this.#flows.get(key) ?? { sent: 0 };
    this.#flows.set(key, flow);
    if ((tcp.flags & TcpFlag.ack) === 0) return frame;
    flow.captured ??= tcp.acknowledgment;
    const got = Math.min((tcp.acknowledgment - flow.captured) | 0, flow.sent);
    putU32(frame, at + 8, ((flow.answered ?? 0) + got) >>> 0);
    return frame;
  }
}

interface Shown {
  readonly address: string;
  /** Where the ports stand. */
  readonly at: number;
  readonly tcp?: TcpSegment | undefined;
  readonly isUdp: boolean;
}

/** Reads a frame; one without an IP packet is of nobody. */
function read(frame: Uint8Array<ArrayBuffer>, end: "source" | "destination"): Shown {
  const parse = { 0x0800: parseIpv4, 0x86dd: parseIpv6 }[u16(frame, 12)];
  const packet = parse?.(frame, 14, frame.length);
  if (!packet) return { address: "", at: 0, isUdp: false };
  const at = end === "source" ? packet.sourceAt : packet.destinationAt;
  return {
    address: frame.subarray(at, at + packet.addressBytes).toHex(),
    at: packet.payloadAt,
    tcp: packet.protocol === 6 ? parseTcp(frame, packet.payloadAt, packet.end) : undefined,
    isUdp: packet.protocol === 17,
  };
}
