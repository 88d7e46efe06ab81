/**
 * What a TCP connection sends: the numbers of a segment, and where its bytes are. Pure.
 *
 * @module
 */
import { TcpFlag, type TcpSegment } from "../packet/tcp_segment.ts";
import type { ByteQueue } from "./byte_queue.ts";
import { plus } from "./sequence.ts";

/** A segment to be sent. */
export interface OutgoingSegment {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  /** As it stands in the header. */
  readonly window: number;
  /** Of a SYN. */
  readonly options?: { readonly mss: number; readonly windowScale?: number | undefined };
  readonly data?: { readonly queue: ByteQueue; readonly offset: number; readonly length: number };
}

/** Where segments go. */
export interface SegmentSink {
  /** Writes a segment. @returns `false` where there is no room, and nothing was written */
  send(segment: OutgoingSegment): boolean;
}

/** A reset, which acknowledges too. */
export function reset(sequence: number, acknowledgment: number): OutgoingSegment {
  return { flags: TcpFlag.rst | TcpFlag.ack, sequence, acknowledgment, window: 0 };
}

/** What answers a segment of no connection (RFC 9293, section 3.10.7.1); `undefined` for a reset. */
export function resetFor(segment: TcpSegment): OutgoingSegment | undefined {
  const { flags, sequence, acknowledgment, dataAt, dataEnd } = segment;
  if ((flags & TcpFlag.rst) !== 0) return undefined;
  if ((flags & TcpFlag.ack) !== 0) {
    return { flags: TcpFlag.rst, sequence: acknowledgment, acknowledgment: 0, window: 0 };
  }
  const length = dataEnd - dataAt + ((flags & TcpFlag.syn) !== 0 ? 1 : 0) +
    ((flags & TcpFlag.fin) !== 0 ? 1 : 0);
  return reset(0, plus(sequence, length));
}
