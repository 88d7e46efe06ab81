/**
 * An open that is longer than a frame: its JSON is cut into frames of type `open-part`, and the last piece is the
 * `open` frame itself. Only for a server that names the feature in its answer to a hello: any other would take the
 * frame's type for a bad one. Pure.
 *
 * @module
 */
import { type Frame, FrameType, MAX_PAYLOAD_BYTES, ProtocolError } from "./frames.ts";

/** Longest JSON of an open, in bytes: words of 2 MiB of which JSON escapes every byte by six, and room beside them. */
export const MAX_OPEN_BYTES = 16 << 20;

/** The frames of an open. */
export function openFrames(stream: number, json: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  for (; json.length - at > MAX_PAYLOAD_BYTES; at += MAX_PAYLOAD_BYTES) {
    const payload = json.subarray(at, at + MAX_PAYLOAD_BYTES);
    frames.push({ stream, type: FrameType.openPart, payload });
  }
  return [...frames, { stream, type: FrameType.open, payload: json.subarray(at) }];
}

/** Puts the pieces of one open together: those of two streams do not mix. */
export class OpenParts {
  #stream = 0;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /**
   * Keeps a piece.
   *
   * @throws {ProtocolError} when it is another stream's, or the open becomes too long
   */
  take({ stream, payload }: Frame): void {
    this.#judge(stream, payload);
    this.#stream = stream;
    // The payload is a view of the link's buffer.
    this.#parts.push(payload.slice());
    this.#bytes += payload.length;
  }

  /**
   * The whole JSON, the `open` frame's payload last.
   *
   * @throws {ProtocolError} when the pieces are another stream's, or the open becomes too long
   */
  whole({ stream, payload }: Frame): Uint8Array {
    this.#judge(stream, payload);
    if (this.#parts.length === 0) return payload;
    const json = new Uint8Array(this.#bytes + payload.length);
    let at = 0;
    for (const part of [...this.#parts, payload]) {
      json.set(part, at);
      at += part.length;
    }
    this.#stream = 0;
    this.#parts = [];
    this.#bytes = 0;
    return json;
  }

  #judge(stream: number, payload: Uint8Array): void {
    if (this.#parts.length > 0 && stream !== this.#stream) {
      throw new ProtocolError(`stream ${stream} opened within the open of stream ${this.#stream}`);
    }
    if (this.#bytes + payload.length > MAX_OPEN_BYTES) {
      throw new ProtocolError(`an open of more than ${MAX_OPEN_BYTES} bytes`);
    }
  }
}
