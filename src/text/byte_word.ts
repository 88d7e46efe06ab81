/**
 * A word of a command line or an environment as a string, whatever bytes it is made of: UTF-8 is read as such, and
 * every byte that is not part of well-formed UTF-8 becomes a lone surrogate, 0x80 U+DC80 to 0xFF U+DCFF, as Python's
 * `surrogateescape` (PEP 383) has it. JSON writes a lone surrogate as the escape `\udcXX` (ECMA-262,
 * QuoteJSONString), so words travel and are stored in plain JSON. No other string has one: the way back is exact. Pure.
 *
 * @module
 */

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Added to a byte, it is the surrogate that stands for the byte. */
const ESCAPE = 0xdc00;

/** Reads the bytes of a word. */
export function decodeWord(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodePieces(bytes);
  }
}

/**
 * The bytes of a word. Lone surrogates that stand for no byte become U+FFFD, as everywhere where text becomes UTF-8.
 */
export function encodeWord(word: string): Uint8Array<ArrayBuffer> {
  if (word.isWellFormed()) return encoder.encode(word);
  const bytes = new Uint8Array(3 * word.length);
  let length = 0;
  // Splits at lone surrogates that stand for a byte: an iterator of a string gives pairs whole.
  for (const character of word) {
    const code = character.charCodeAt(0);
    if (character.length === 1 && isEscape(code)) bytes[length++] = code - ESCAPE;
    else length += encoder.encodeInto(character, bytes.subarray(length)).written;
  }
  return bytes.slice(0, length);
}

/** How many bytes a word is. */
export function wordLength(word: string): number {
  let length = 0;
  for (const character of word) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 || isEscape(code) ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** Whether a word holds bytes that are not UTF-8. */
export function holdsBytes(word: string): boolean {
  return !word.isWellFormed();
}

function isEscape(code: number): boolean {
  return code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
}

function decodePieces(bytes: Uint8Array): string {
  const parts: string[] = [];
  let begin = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(strict.decode(bytes.subarray(begin, at)), String.fromCharCode(ESCAPE + (bytes[at] ?? 0)));
    begin = ++at;
  }
  parts.push(strict.decode(bytes.subarray(begin)));
  return parts.join("");
}

/** Bytes of the well-formed sequence that begins here (Unicode, table 3-7); 0 when none does. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  // The second byte of these has a narrower range: no overlong forms, no surrogates, nothing above U+10FFFF.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    if (byte < (index === 1 ? low : 0x80) || byte > (index === 1 ? high : 0xbf)) return 0;
  }
  return length;
}
