/**
 * Where words go: results to stdout, everything else to stderr, notices only where a person looks.
 *
 * @module
 */
import { MessageLine } from "./message_line.ts";
import { writeBytes } from "./write_bytes.ts";

const encoder = new TextEncoder();
const messages = new MessageLine(Deno.stderr);

/** Writes a line of the command's result. */
export function writeLine(text: string): void {
  writeBytes(Deno.stdout, encoder.encode(`${text}\n`));
}

/** Writes the command's result as JSON. */
export function writeJson(value: unknown): void {
  writeLine(JSON.stringify(value, null, 2));
}

/** Writes a line for a person on stderr: nothing when stderr is not a terminal. */
export function notice(text: string): void {
  messages.notice(text);
}

/** Writes a line on stderr in any case. */
export function warn(text: string): void {
  messages.warn(text);
}

/** Rewrites one line on a terminal's stderr; the empty text takes it away. */
export function progress(text: string): void {
  messages.progress(text);
}
