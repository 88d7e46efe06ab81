/**
 * Frames: how bytes of the link are cut. Pure; docs/protocol.md is the specification.
 *
 * @module
 */

/** Bytes of a frame's header: stream id u32, type u8, payload length u32, all big-endian. */
export const HEADER_BYTES = 9;

/** Most bytes of a frame, header included: what one write of a virtio-serial port takes. */
export const MAX_FRAME_BYTES = 32_768;

/** Most bytes of a payload. */
export const MAX_PAYLOAD_BYTES = MAX_FRAME_BYTES - HEADER_BYTES;

/** What a frame is; 0 is never valid, so that a run of zeros is a bad frame. */
export const FrameType = {
  hello: 1,
  helloAck: 2,
  open: 3,
  message: 4,
  data: 5,
  window: 6,
  end: 7,
  reset: 8,
  close: 9,
  ping: 10,
  pong: 11,
  openPart: 12,
} as const;
export type FrameType = typeof FrameType[keyof typeof FrameType];

/** One frame; the payload may be a view of the bytes it was read from. */
export interface Frame {
  readonly stream: number;
  readonly type: FrameType;
  readonly payload: Uint8Array;
}

/** A peer that breaks the protocol. Ends the link, never the VM. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** What stands before a payload. */
export interface FrameHeader {
  readonly stream: number;
  readonly type: FrameType;
  /** Bytes of the payload. */
  readonly length: number;
}

/**
 * Writes a header at `at`; the payload belongs behind it.
 *
 * @throws {RangeError} when the payload is too long
 */
export function putHeader(bytes: Uint8Array, at: number, { stream, type, length }: FrameHeader): void {
  if (length > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`Cannot encode frame: ${length} bytes of payload, at most ${MAX_PAYLOAD_BYTES}`);
  }
  putUint32(bytes, at, stream);
  bytes[at + 4] = type;
  putUint32(bytes, at + 5, length);
}

/**
 * Encodes a frame.
 *
 * @throws {RangeError} when the payload is too long
 */
export function encodeFrame({ stream, type, payload }: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  putHeader(bytes, 0, { stream, type, length: payload.length });
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/**
 * Decodes the frame that begins at `at`. The payload is a view of `bytes`.
 *
 * @param end where the bytes end
 * @returns the frame and where the next one begins, or `undefined` when it is not whole yet
 * @throws {ProtocolError} on a type that does not exist or a length above the limit
 */
export function decodeFrame(
  bytes: Uint8Array,
  at: number,
  end = bytes.length,
): { frame: Frame; next: number } | undefined {
  const payloadAt = at + HEADER_BYTES;
  if (payloadAt > end) return undefined;
  const type = frameType(bytes[at + 4] ?? 0);
  const length = uint32(bytes, at + 5);
  if (length > MAX_PAYLOAD_BYTES) throw new ProtocolError(`frame of ${length} bytes`);
  const next = payloadAt + length;
  if (next > end) return undefined;
  return { frame: { stream: uint32(bytes, at), type, payload: bytes.subarray(payloadAt, next) }, next };
}

/** Bytes that are read from a link at once. */
const READ_BYTES = 8 * MAX_FRAME_BYTES;

/**
 * Cuts a stream of bytes into frames, without a copy: bytes are read into `space`, and what is left of a frame
 * at its end is moved in front of it.
 */
export class FrameDecoder {
  /** Where the next bytes belong; always the same place. */
  readonly space: Uint8Array;
  readonly #buffer = new Uint8Array(MAX_FRAME_BYTES + READ_BYTES);
  #start = MAX_FRAME_BYTES;
  #end = MAX_FRAME_BYTES;

  constructor() {
    this.space = this.#buffer.subarray(MAX_FRAME_BYTES);
  }

  /**
   * Yields the whole frames that the bytes read into `space` complete. Payloads are views, valid until the next
   * bytes are read.
   *
   * @param count bytes that were read
   * @throws {ProtocolError} on a type that does not exist or a length above the limit; `rest` then begins
   * with the frame that broke the rules
   */
  *take(count: number): Generator<Frame, void> {
    this.#end = MAX_FRAME_BYTES + count;
    for (let found = this.#next(); found; found = this.#next()) {
      yield found.frame;
      this.#start = found.next;
    }
    const left = this.#end - this.#start;
    this.#buffer.copyWithin(MAX_FRAME_BYTES - left, this.#start, this.#end);
    this.#start = MAX_FRAME_BYTES - left;
    this.#end = MAX_FRAME_BYTES;
  }

  /** The same for bytes that were read elsewhere. */
  *push(bytes: Uint8Array): Generator<Frame, void> {
    for (let at = 0; at < bytes.length; at += READ_BYTES) {
      const piece = bytes.subarray(at, at + READ_BYTES);
      this.space.set(piece);
      yield* this.take(piece.length);
    }
  }

  /** A copy of the bytes behind the last whole frame. */
  get rest(): Uint8Array {
    return this.#buffer.slice(this.#start, this.#end);
  }

  #next(): { frame: Frame; next: number } | undefined {
    return decodeFrame(this.#buffer, this.#start, this.#end);
  }
}

const types = new Set<number>(Object.values(FrameType));

function frameType(value: number): FrameType {
  if (types.has(value)) return value as FrameType;
  throw new ProtocolError(`frame of type ${value}`);
}

function uint32(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
