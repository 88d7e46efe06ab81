/**
 * Sequence numbers of TCP: modulo 2^32 in every comparison (RFC 9293, section 3.4). Pure.
 *
 * @module
 */

/** Whether `a` comes before `b`. */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** How far it is from one to a later one. */
export function distance(from: number, to: number): number {
  return (to - from) >>> 0;
}

/** The number so many further. */
export function plus(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}
