/**
 * How a link begins, so that it also begins well on a byte stream that still holds bytes of an earlier
 * client: each end looks for the magic and ignores everything before it. Pure.
 *
 * @module
 */
import { joinedBytes } from "../text/joined_bytes.ts";
import { decodeFrame, encodeFrame, type Frame, FrameType, MAX_FRAME_BYTES, ProtocolError } from "./frames.ts";
import { encodeJson } from "./json.ts";
import type { Greeting } from "./protocol.ts";

/** Sixteen random bytes that stand before each hello and each answer. */
export const MAGIC: Uint8Array = Uint8Array.of(
  0xd5,
  0x9c,
  0x1f,
  0x83,
  0x6e,
  0xb0,
  0x42,
  0xf7,
  0x0a,
  0x91,
  0xce,
  0x38,
  0x75,
  0xe4,
  0x2b,
  0xa6,
);

/**
 * The bytes of a hello on a fresh byte stream.
 *
 * @throws {RangeError} when the hello does not fit into a frame
 */
export function encodeHello<G extends Greeting>(hello: G): Uint8Array {
  return joinedBytes(MAGIC, encodeFrame({ stream: 0, type: FrameType.hello, payload: encodeJson(hello) }));
}

/**
 * The bytes of a hello on a byte stream that may hold bytes of an earlier client. In front are as many zeros as
 * the longest frame has bytes: they complete a frame that the earlier client left half-sent, and the zeros that
 * are left over are a frame of type 0, which ends the earlier link, so that the server looks for a hello.
 *
 * @throws {RangeError} when the hello does not fit into a frame
 */
export function encodeLongHello<G extends Greeting>(hello: G): Uint8Array {
  return joinedBytes(new Uint8Array(MAX_FRAME_BYTES), encodeHello(hello));
}

/**
 * The bytes of an answer.
 *
 * @throws {RangeError} when the answer does not fit into a frame
 */
export function encodeHelloAck<G extends Greeting>(ack: G): Uint8Array {
  return joinedBytes(MAGIC, encodeFrame({ stream: 0, type: FrameType.helloAck, payload: encodeJson(ack) }));
}

/** Finds a greeting in a stream of any bytes. */
export class GreetingScanner<T> {
  readonly #type: FrameType;
  readonly #judge: (payload: Uint8Array) => T | undefined;
  #buffer: Uint8Array = new Uint8Array(0);

  /**
   * @param type what is looked for: `hello` by the server, `helloAck` by the client
   * @param judge reads a greeting's payload; `undefined` when it is not the one that is waited for
   */
  constructor(type: FrameType, judge: (payload: Uint8Array) => T | undefined) {
    this.#type = type;
    this.#judge = judge;
  }

  /**
   * Takes bytes in. A greeting that was cut off does not hide the whole one behind it: every magic is
   * tried, also one inside what a half greeting claims as its own.
   *
   * @returns the first greeting that the judge takes and the bytes behind it, or `undefined`
   */
  push(bytes: Uint8Array): { greeting: T; rest: Uint8Array } | undefined {
    const buffer = joinedBytes(this.#buffer, bytes);
    let keep = Math.max(0, buffer.length - MAGIC.length + 1);
    for (let at = indexOf(buffer, MAGIC, 0); at >= 0; at = indexOf(buffer, MAGIC, at + 1)) {
      const decoded = decodeGreeting(buffer.subarray(at + MAGIC.length), this.#type);
      if (decoded === "other") continue;
      if (decoded === "partial") {
        keep = Math.min(keep, at);
        continue;
      }
      const greeting = this.#judge(decoded.frame.payload);
      if (greeting !== undefined) return { greeting, rest: decoded.rest };
    }
    this.#buffer = buffer.slice(keep);
    return undefined;
  }
}

/** The greeting at the start of some bytes. */
function decodeGreeting(
  bytes: Uint8Array,
  type: FrameType,
): { frame: Frame; rest: Uint8Array } | "partial" | "other" {
  try {
    const decoded = decodeFrame(bytes, 0);
    if (!decoded) return bytes.length > 4 && bytes[4] !== type ? "other" : "partial";
    const { frame, next } = decoded;
    return frame.type === type && frame.stream === 0 ? { frame, rest: bytes.slice(next) } : "other";
  } catch (error) {
    if (error instanceof ProtocolError) return "other";
    throw error;
  }
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
