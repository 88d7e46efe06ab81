/**
 * Tells the id of an image, or its beginning, from a name. Pure.
 *
 * @module
 */

/** Fewest hex digits that are taken for the beginning of an id. */
const MIN_ID_DIGITS = 4;

/** The hex digits when the text may be an id or its beginning: `sha256:` before them may be left out. */
export function idDigits(text: string): string | undefined {
  const digits = text.startsWith("sha256:") ? text.slice("sha256:".length) : text;
  return digits.length >= MIN_ID_DIGITS && /^[0-9a-f]{1,64}$/.test(digits) ? digits : undefined;
}
