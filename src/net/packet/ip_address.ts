/**
 * IP addresses between their bytes and their canonical text: dotted decimal, and RFC 5952 for IPv6. Pure.
 *
 * @module
 */
import { u16 } from "./bytes.ts";

/** Text of the 4 or 16 bytes at a place. */
export function addressText(bytes: Uint8Array, at: number, length: number): string {
  if (length === 4) return bytes.subarray(at, at + 4).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => u16(bytes, at + 2 * index));
  // RFC 5952, section 5: an address that carries an IPv4 one shows it.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.subarray(at + 12, at + 16).join(".")}`;
  }
  const { from, count } = longestZeros(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (count < 2) return text(groups);
  return `${text(groups.slice(0, from))}::${text(groups.slice(from + count))}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): { from: number; count: number } {
  let best = { from: 0, count: 0 };
  for (let from = 0; from < groups.length; from++) {
    let count = 0;
    while (groups[from + count] === 0) count++;
    if (count > best.count) best = { from, count };
  }
  return best;
}

/**
 * Bytes of an address.
 *
 * @param text dotted decimal, or IPv6 without a zone
 * @throws {TypeError} on anything else
 */
export function addressBytes(text: string): Uint8Array<ArrayBuffer> {
  if (!text.includes(":")) {
    const parts = text.split(".");
    if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
      throw new TypeError(`Cannot parse the address ${text}`);
    }
    return new Uint8Array(parts.map(Number));
  }
  // The parser of URLs knows every way to write one, and gives hexadecimal groups.
  const groups = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = "", tail] = groups.split("::");
  const numbers = (part: string) => part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const [before, after] = [numbers(head), numbers(tail ?? "")];
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return new Uint8Array(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Bytes of `5a:94:…`. */
export function macBytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(text.split(":").map((part) => parseInt(part, 16)));
}
