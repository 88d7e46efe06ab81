/**
 * Cuts what a VMM sends into Ethernet frames, in place: a u32 big-endian length before each (QEMU's `-netdev stream`
 * and libkrun's unixstream have the same). Many frames come with one read, and none is copied.
 *
 * @module
 */
import { u32 } from "../packet/bytes.ts";
import { newMemory } from "../packet/checksum.ts";
import { ETHERNET_BYTES } from "../packet/ethernet.ts";

/** Longest frame: 64 KiB and an Ethernet header with a tag. libkrun's buffers hold 65,550 bytes, QEMU's 69,632. */
export const MAX_FRAME_BYTES = 65_550;

/** Bytes of a length. */
export const LENGTH_BYTES = 4;

/** Bytes that are read at once. */
const READ_BYTES = 262_144;

/** A VMM that breaks the framing: nothing behind that can be understood. */
export class FramingError extends Error {
  override readonly name = "FramingError";
}

/** The receiving half. */
export class FrameReader {
  // Pages that were never written cost nothing.
  readonly #bytes = newMemory(READ_BYTES + LENGTH_BYTES + MAX_FRAME_BYTES).bytes;
  #start = 0;
  #end = 0;

  /** Where the next bytes belong; ends with {@linkcode take}. */
  space(): Uint8Array<ArrayBuffer> {
    if (this.#start === this.#end) this.#start = this.#end = 0;
    else if (this.#bytes.length - this.#end < READ_BYTES / 2) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return this.#bytes.subarray(this.#end, this.#end + READ_BYTES);
  }

  /**
   * Tells each whole frame that the bytes read complete.
   *
   * @param count bytes that were read; 0: goes on where it was stopped
   * @param tell gets the bytes, and where in them a frame begins and ends, for as long as the call lasts; with `true` it
   * stops the telling
   * @returns `false` where it was stopped: more frames may be there, and have to be taken before {@linkcode space}
   * @throws {FramingError} on a length that no frame has
   */
  take(
    count: number,
    tell: (bytes: Uint8Array<ArrayBuffer>, at: number, end: number) => boolean | void,
  ): boolean {
    this.#end += count;
    while (this.#end - this.#start >= LENGTH_BYTES) {
      const length = u32(this.#bytes, this.#start);
      if (length < ETHERNET_BYTES || length > MAX_FRAME_BYTES) {
        throw new FramingError(`frame of ${length} bytes`);
      }
      const at = this.#start + LENGTH_BYTES;
      if (at + length > this.#end) return true;
      this.#start = at + length;
      if (tell(this.#bytes, at, at + length)) return false;
    }
    return true;
  }
}
