/**
 * HalfSipHash-2-4 with a result of 32 bits: hashes that whoever does not know the key can neither foresee nor make
 * collide, for first sequence numbers (RFC 6528) and for tables whose keys come from a guest. Pure.
 *
 * @module
 */

/** Hashes bytes with a key of 64 bits. @returns 32 bits, as little-endian as the reference writes them */
export function keyedHash(key: readonly [number, number], bytes: Uint8Array): number {
  const state: State = [key[0], key[1], 0x6c796765 ^ key[0], 0x74656462 ^ key[1]];
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4) mix(state, word(bytes, at));
  let last = bytes.length << 24;
  for (let at = whole; at < bytes.length; at++) last |= (bytes[at] ?? 0) << (8 * (at - whole));
  mix(state, last);
  state[2] ^= 0xff;
  for (let round = 0; round < 4; round++) sipRound(state);
  return (state[1] ^ state[3]) >>> 0;
}

type State = [number, number, number, number];

function mix(state: State, message: number): void {
  state[3] ^= message;
  sipRound(state);
  sipRound(state);
  state[0] ^= message;
}

function sipRound(state: State): void {
  let [a, b, c, d] = state;
  a = (a + b) | 0;
  b = rotate(b, 5) ^ a;
  a = rotate(a, 16);
  c = (c + d) | 0;
  d = rotate(d, 8) ^ c;
  a = (a + d) | 0;
  d = rotate(d, 7) ^ a;
  c = (c + b) | 0;
  b = rotate(b, 13) ^ c;
  c = rotate(c, 16);
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24);
}
