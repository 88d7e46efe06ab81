/**
 * The memory that channels' unread bytes wait in: small rings for the few bytes of most sessions, rings of one
 * frame, and rings of a whole credit for flows. Of the latter two a few that nobody uses are kept, because a flow empties its ring many hundred
 * times a second and a fresh 256 KiB are cleared each time.
 *
 * @module
 */
import { INITIAL_CREDIT } from "./credit.ts";

/** Bytes of a small ring. */
const SMALL_BYTES = 4_096;

/** Bytes of a ring that holds one frame: what a connection of many may have waiting (src/ports/service.ts). */
const FRAME_BYTES = 32_768;

/** Most rings of a whole credit that are kept unused: 1 MiB. */
const MAX_SPARE = 4;

/** Most rings of one frame that are kept unused: 256 KiB. */
const MAX_SPARE_FRAMES = 8;

const spare: Uint8Array[] = [];
const spareFrames: Uint8Array[] = [];

/**
 * A ring for that many bytes; what is in it is whatever was.
 *
 * @param bytes at most {@linkcode INITIAL_CREDIT}
 */
export function takeRing(bytes: number): Uint8Array {
  if (bytes <= SMALL_BYTES) return new Uint8Array(SMALL_BYTES);
  if (bytes <= FRAME_BYTES) return spareFrames.pop() ?? new Uint8Array(FRAME_BYTES);
  return spare.pop() ?? new Uint8Array(INITIAL_CREDIT);
}

/** Gives back a ring of which nobody holds a view. */
export function giveRing(ring: Uint8Array): void {
  if (ring.length === INITIAL_CREDIT && spare.length < MAX_SPARE) spare.push(ring);
  if (ring.length === FRAME_BYTES && spareFrames.length < MAX_SPARE_FRAMES) spareFrames.push(ring);
}
