/**
 * C strings for foreign calls.
 *
 * @module
 */
const encoder = new TextEncoder();

/**
 * Encodes a string as NUL-terminated UTF-8.
 *
 * @throws {TypeError} when the string itself holds a NUL, which C would read as its end
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new TypeError(`Cannot pass ${JSON.stringify(text)} to C: it holds a NUL`);
  return encoder.encode(text + "\0");
}
