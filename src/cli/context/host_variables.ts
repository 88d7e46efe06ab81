/**
 * The variables of this process, with those whose values are not UTF-8: Deno leaves these out, the kernel has
 * their bytes.
 *
 * @module
 */
import { decodeWord, holdsBytes } from "../../text/byte_word.ts";

/** The variables by name; bytes that are no UTF-8 as byte_word.ts carries them. */
export function hostVariables(): Record<string, string> {
  const known = Deno.env.toObject();
  try {
    return { ...bytesOf(Deno.readFileSync("/proc/self/environ")), ...known };
  } catch {
    return known;
  }
}

/**
 * The variables whose values are not UTF-8. Pure.
 *
 * @param environ proc(5), /proc/PID/environ: `NAME=value` words, a NUL behind each
 */
export function bytesOf(environ: Uint8Array): Record<string, string> {
  const words = decodeWord(environ).split("\0").filter(holdsBytes);
  const pairs = words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]);
  return Object.fromEntries(pairs.filter(([name = ""]) => name !== "" && !holdsBytes(name)));
}
