/**
 * Puts pieces of IP packets together, within bounds: pieces at once, bytes in all, time. Pieces that overlap end their
 * packet (RFC 5722; the same for IPv4, where no honest sender makes them). Pure.
 *
 * @module
 */
import { putU16 } from "./bytes.ts";
import type { Fragment, IpPacket } from "./ip_packet.ts";

/** Packets that are put together at once. */
const MAX_PACKETS = 64;

/** Pieces of one: 45 make 64 KiB at an MTU of 1,500. */
const MAX_PIECES = 128;

/** Bytes of all pieces that wait. */
const MAX_BYTES = 2 ** 20;

/** How long the pieces of a packet may be under way, in milliseconds. */
const MAX_MILLISECONDS = 5_000;

/** Largest payload of a packet whose header has 20 bytes. */
const MAX_PAYLOAD = 65_515;

interface Unfinished {
  readonly began: number;
  readonly pieces: { readonly offset: number; readonly data: Uint8Array }[];
  bytes: number;
  /** Known once the last piece is there. */
  total: number | undefined;
  /** Overlapped, or too long: what else comes of it is dropped until its time is over. */
  bad: boolean;
}

/** A whole packet, in bytes of its own. */
export interface Whole {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly packet: IpPacket;
}

/** The pieces that wait. */
export class Fragments {
  readonly #unfinished = new Map<string, Unfinished>();
  #bytes = 0;

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a piece.
   *
   * @param now in milliseconds
   * @returns the packet that it completes
   */
  add(bytes: Uint8Array, packet: IpPacket & { readonly fragment: Fragment }, now: number): Whole | undefined {
    this.#forget(now);
    const { fragment, payloadAt, end, version, protocol } = packet;
    const addresses = bytes.subarray(packet.sourceAt, packet.destinationAt + packet.addressBytes).toHex();
    const key = `${version} ${protocol} ${fragment.id} ${addresses}`;
    const length = end - payloadAt;
    const found = this.#unfinished.get(key) ?? this.#begin(key, now);
    if (
      found.bad ||
      found.pieces.some(({ offset, data }) => offset === fragment.offset && data.length === length)
    ) {
      return undefined;
    }
    const stop = fragment.offset + length;
    if (!fits(found, fragment, stop) || this.#bytes + length > MAX_BYTES) {
      this.#give(found);
      found.bad = true;
      return undefined;
    }
    found.pieces.push({ offset: fragment.offset, data: bytes.slice(payloadAt, end) });
    found.bytes += length;
    this.#bytes += length;
    if (!fragment.more) found.total = stop;
    if (found.bytes !== found.total) return undefined;
    this.#unfinished.delete(key);
    this.#give(found);
    return whole(bytes, packet, found);
  }

  #begin(key: string, now: number): Unfinished {
    if (this.#unfinished.size >= MAX_PACKETS) this.#drop(this.#unfinished.keys().next().value ?? "");
    const made: Unfinished = { began: now, pieces: [], bytes: 0, total: undefined, bad: false };
    this.#unfinished.set(key, made);
    return made;
  }

  /** The oldest stand in front. */
  #forget(now: number): void {
    for (const [key, { began }] of this.#unfinished) {
      if (now - began < MAX_MILLISECONDS) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    const found = this.#unfinished.get(key);
    this.#unfinished.delete(key);
    if (found) this.#give(found);
  }

  #give(found: Unfinished): void {
    this.#bytes -= found.bytes;
    found.bytes = 0;
    if (found.total === undefined) found.pieces.length = 0;
  }
}

function fits({ pieces, total }: Unfinished, { offset, more }: Fragment, stop: number): boolean {
  const length = stop - offset;
  // Every piece but the last is a multiple of 8 bytes.
  if (length === 0 || stop > MAX_PAYLOAD || pieces.length >= MAX_PIECES || (more && length % 8 !== 0)) {
    return false;
  }
  if (total !== undefined && (!more || stop > total)) return false;
  return pieces.every((piece) => {
    const end = piece.offset + piece.data.length;
    return (piece.offset >= stop || end <= offset) && (more || end <= offset);
  });
}

function whole(bytes: Uint8Array, packet: IpPacket, { pieces, total = 0 }: Unfinished): Whole {
  const v4 = packet.version === 4;
  const headerBytes = v4 ? 20 : 40;
  const made = new Uint8Array(headerBytes + total);
  made.set(bytes.subarray(packet.headerAt, packet.headerAt + headerBytes));
  if (v4) made[0] = 0x45;
  putU16(made, v4 ? 2 : 4, v4 ? made.length : total);
  if (v4) putU16(made, 6, 0);
  else made[6] = packet.protocol;
  for (const { offset, data } of pieces) made.set(data, headerBytes + offset);
  const at = packet.headerAt;
  return {
    bytes: made,
    packet: {
      ...packet,
      headerAt: 0,
      sourceAt: packet.sourceAt - at,
      destinationAt: packet.destinationAt - at,
      payloadAt: headerBytes,
      end: made.length,
      fragment: undefined,
    },
  };
}
