/**
 * Names in DNS messages (RFC 1035 3.1, 4.1.4), read without trust in any length or pointer. As text a name is lower
 * case, without a final dot, and each byte that no host name has is `\DDD` (RFC 4343 2.1): a dot within a label is
 * never taken for one between two. Pure.
 *
 * @module
 */

/** A name's length at most, its lengths of labels and the root's included. */
const MAX_NAME = 255;

/** A pointer leads further back each time, so a name needs no more of them than it can have labels. */
const MAX_POINTERS = 127;

/** A name, and where what follows it begins. */
export interface ReadName {
  readonly name: string;
  readonly end: number;
}

/** Reads a name; `undefined` where there is none. */
export function readName(bytes: Uint8Array, start: number): ReadName | undefined {
  const labels: string[] = [];
  let end: number | undefined;
  let total = 1;
  let pointers = 0;
  // Where the bytes behind which a pointer must not lead begin.
  let before = start;
  for (let at = start;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return { name: labels.join("."), end: end ?? at + 1 };
    if (length >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined || ++pointers > MAX_POINTERS) return undefined;
      end ??= at + 2;
      const target = ((length & 0x3f) << 8) | low;
      if (target >= before) return undefined;
      at = before = target;
      continue;
    }
    total += length + 1;
    if (length > 63 || at + 1 + length > bytes.length || total > MAX_NAME) return undefined;
    labels.push(labelText(bytes.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
}

/** A name's bytes, without pointers. */
export function nameBytes(name: string): Uint8Array {
  const bytes: number[] = [];
  for (const label of name === "" ? [] : name.split(".")) {
    const own = [...label.matchAll(/\\(\d{3})|([^])/g)].map(([, code, char = ""]) =>
      code === undefined ? char.charCodeAt(0) : Number(code)
    );
    bytes.push(own.length, ...own);
  }
  return Uint8Array.of(...bytes, 0);
}

function labelText(label: Uint8Array): string {
  const text = String.fromCharCode(...label).toLowerCase();
  if (/^[a-z0-9_-]*$/.test(text)) return text;
  return text.replace(/[^a-z0-9_-]/g, (char) => `\\${char.charCodeAt(0).toString().padStart(3, "0")}`);
}
