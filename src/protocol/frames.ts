/**
 * Frames: how bytes of the link are cut. Pure; docs/protocol.md is the specification.
 *
 * @module
 */

/** Bytes of a frame's header: stream id u32, type u8, payload length u32, all big-endian. */
export const HEADER_BYTES = 9;

/** Most bytes of a frame, header included; libkrun 1.17 loses guest writes larger than this. */
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

/**
 * Encodes a frame.
 *
 * @throws {RangeError} when the payload is too long
 */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const { stream, type, payload } = frame;
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new RangeError(
      `Cannot encode frame: ${payload.length} bytes of payload, at most ${MAX_PAYLOAD_BYTES}`,
    );
  }
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, stream);
  view.setUint8(4, type);
  view.setUint32(5, payload.length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/**
 * Decodes the frame that begins at `at`. The payload is a view of `bytes`.
 *
 * @returns the frame and where the next one begins, or `undefined` when it is not whole yet
 * @throws {ProtocolError} on a type that does not exist or a length above the limit
 */
export function decodeFrame(bytes: Uint8Array, at: number): { frame: Frame; end: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  if (view.byteLength < HEADER_BYTES) return undefined;
  const type = frameType(view.getUint8(4));
  const length = view.getUint32(5);
  if (length > MAX_PAYLOAD_BYTES) throw new ProtocolError(`frame of ${length} bytes`);
  const end = at + HEADER_BYTES + length;
  if (end > bytes.length) return undefined;
  return { frame: { stream: view.getUint32(0), type, payload: bytes.subarray(at + HEADER_BYTES, end) }, end };
}

/** Cuts a stream of bytes into frames. */
export class FrameDecoder {
  #rest: Uint8Array = new Uint8Array(0);

  /**
   * Takes bytes in and yields the whole frames they complete. Payloads are views: valid until the caller
   * reuses `bytes`.
   *
   * @throws {ProtocolError} on a type that does not exist or a length above the limit; `rest` then begins
   * with the frame that broke the rules
   */
  *push(bytes: Uint8Array): Generator<Frame, void> {
    const input = this.#rest.length === 0 ? bytes : concat(this.#rest, bytes);
    let at = 0;
    try {
      for (let next = decodeFrame(input, at); next; next = decodeFrame(input, at)) {
        yield next.frame;
        at = next.end;
      }
    } finally {
      this.#rest = input.slice(at);
    }
  }

  /** The bytes behind the last whole frame. */
  get rest(): Uint8Array {
    return this.#rest;
  }
}

const types = new Set<number>(Object.values(FrameType));

function frameType(value: number): FrameType {
  if (types.has(value)) return value as FrameType;
  throw new ProtocolError(`frame of type ${value}`);
}

/** Joins two byte runs. */
export function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
