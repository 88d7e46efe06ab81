/**
 * The words of the command line, with the bytes of those that are not UTF-8: Deno takes no such word, so that
 * src/start/start.c gives it a copy with U+FFFD for every bad byte. The kernel has the words themselves.
 *
 * @module
 */
import { decodeWord } from "../../text/byte_word.ts";

/** Stands for every bad byte of a copy; a word may have it by itself, too. */
const MARK = "\u{fffd}";

/** The words of this process. @param args Deno.args */
export function commandWords(args: readonly string[]): readonly string[] {
  if (!args.some((word) => word.includes(MARK))) return args;
  try {
    return realWords(args, Deno.readFileSync("/proc/self/cmdline"));
  } catch {
    return args;
  }
}

/**
 * Words with their own bytes, which byte_word.ts carries. Pure.
 *
 * @param args words in which U+FFFD may stand for a byte
 * @param cmdline proc(5), /proc/PID/cmdline: words, a NUL behind each; the last ones are those of `args`
 */
export function realWords(args: readonly string[], cmdline: Uint8Array): readonly string[] {
  const ends = [...cmdline.entries()].flatMap(([at, byte]) => byte === 0 ? [at] : []);
  const first = ends.length - args.length;
  return args.map((word, index) => {
    const own = decodeWord(cmdline.subarray((ends[first + index - 1] ?? -1) + 1, ends[first + index]));
    return own.toWellFormed() === word ? own : word;
  });
}
