/**
 * TCP segments (RFC 9293, section 3.1) with the two options that matter on a link without loss: maximum segment size and
 * window scale (RFC 7323). Pure.
 *
 * @module
 */
import { putU16, putU32, u16, u32 } from "./bytes.ts";

/** Bytes of a header without options. */
export const TCP_BYTES = 20;

/** Bytes of the options of a SYN-ACK: maximum segment size, no operation, window scale. */
export const SYN_OPTION_BYTES = 8;

/** Control bits. */
export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

/** Largest shift that RFC 7323 allows. */
const MAX_WINDOW_SCALE = 14;

/** Numbers of a header. */
export interface TcpNumbers {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  /** As it stands in the header, not scaled. */
  readonly window: number;
}

/** A segment within bytes. */
export interface TcpSegment extends TcpNumbers {
  /** Absent where the option is. */
  readonly mss?: number | undefined;
  /** Absent where the option is. */
  readonly windowScale?: number | undefined;
  readonly dataAt: number;
  readonly dataEnd: number;
}

/** Reads a segment. One that is cut off, or without ports, is none. Urgent data is data. */
export function parseTcp(bytes: Uint8Array, at: number, end: number): TcpSegment | undefined {
  const headerBytes = ((bytes[at + 12] ?? 0) >> 4) * 4;
  if (end - at < TCP_BYTES || headerBytes < TCP_BYTES || headerBytes > end - at) return undefined;
  const [sourcePort, destinationPort] = [u16(bytes, at), u16(bytes, at + 2)];
  if (sourcePort === 0 || destinationPort === 0) return undefined;
  const flags = bytes[at + 13] ?? 0;
  const numbers = {
    sourcePort,
    destinationPort,
    sequence: u32(bytes, at + 4),
    acknowledgment: u32(bytes, at + 8),
    flags,
    window: u16(bytes, at + 14),
    dataAt: at + headerBytes,
    dataEnd: end,
  };
  // Both options belong to a SYN alone.
  if ((flags & TcpFlag.syn) === 0) return numbers;
  return { ...numbers, ...options(bytes, at + TCP_BYTES, at + headerBytes) };
}

function options(bytes: Uint8Array, from: number, end: number): { mss?: number; windowScale?: number } {
  const found: { mss?: number; windowScale?: number } = {};
  for (let at = from; at < end;) {
    const kind = bytes[at] ?? 0;
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > end) break;
    if (kind === 2 && length === 4) found.mss = u16(bytes, at + 2);
    if (kind === 3 && length === 3) found.windowScale = Math.min(bytes[at + 2] ?? 0, MAX_WINDOW_SCALE);
    at += length;
  }
  return found;
}

/**
 * Writes a header with checksum 0.
 *
 * @param options of a SYN; `windowScale` absent: the other side did not offer one
 * @returns where the data belongs
 */
export function putTcp(
  bytes: Uint8Array,
  at: number,
  numbers: TcpNumbers,
  options?: { readonly mss: number; readonly windowScale?: number | undefined },
): number {
  const headerBytes = TCP_BYTES + (options ? SYN_OPTION_BYTES : 0);
  putU16(bytes, at, numbers.sourcePort);
  putU16(bytes, at + 2, numbers.destinationPort);
  putU32(bytes, at + 4, numbers.sequence);
  putU32(bytes, at + 8, numbers.acknowledgment);
  putU16(bytes, at + 12, (headerBytes << 10) | numbers.flags);
  putU16(bytes, at + 14, numbers.window);
  putU32(bytes, at + 16, 0);
  if (options) {
    putU32(bytes, at + 20, 0x02040000 | options.mss);
    // Four times "no operation" where no scale may be offered.
    putU32(bytes, at + 24, options.windowScale === undefined ? 0x01010101 : 0x01030300 | options.windowScale);
  }
  return at + headerBytes;
}
