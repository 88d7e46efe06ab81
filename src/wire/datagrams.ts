/**
 * Datagrams in a stream of bytes: each behind its length, two bytes. Pure.
 *
 * @module
 */
import { joinedBytes } from "../text/joined_bytes.ts";

const LENGTH_BYTES = 2;

/** Most bytes of a datagram: what fits into UDP's 16 bits of length, with its header of 8. */
export const MAX_DATAGRAM_BYTES = 65_527;

/** A datagram behind its length. */
export function encodeDatagram(datagram: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LENGTH_BYTES + datagram.length);
  new DataView(bytes.buffer).setUint16(0, datagram.length);
  bytes.set(datagram, LENGTH_BYTES);
  return bytes;
}

/** Cuts a stream of bytes into datagrams. */
export class DatagramDecoder {
  #rest: Uint8Array = new Uint8Array(0);

  /** Yields the datagrams that these bytes complete. */
  *push(bytes: Uint8Array): Generator<Uint8Array, void> {
    this.#rest = joinedBytes(this.#rest, bytes);
    while (this.#rest.length >= LENGTH_BYTES) {
      const { buffer, byteOffset } = this.#rest;
      const end = LENGTH_BYTES + new DataView(buffer, byteOffset).getUint16(0);
      if (this.#rest.length < end) return;
      const datagram = this.#rest.subarray(LENGTH_BYTES, end);
      this.#rest = this.#rest.subarray(end);
      yield datagram;
    }
  }
}
