/**
 * Where words go: results to stdout, everything else to stderr, notices only where a person looks.
 *
 * @module
 */
import { plainText } from "../../engine/console.ts";
import { SmolvmError } from "../../error.ts";
import { systemWords } from "../../host/system_words.ts";

const encoder = new TextEncoder();

/** Writes a line of the command's result. */
export function writeLine(text: string): void {
  writeAll(Deno.stdout, `${text}\n`);
}

/** Writes the command's result as JSON. */
export function writeJson(value: unknown): void {
  writeLine(JSON.stringify(value, null, 2));
}

/** Writes a line for a person on stderr: nothing when stderr is not a terminal. */
export function notice(text: string): void {
  if (Deno.stderr.isTerminal()) warn(text);
}

/** Writes a line on stderr in any case. */
export function warn(text: string): void {
  writeAll(Deno.stderr, `smolvm: ${plainText(text)}\n`);
}

/** Ends what progress() wrote. */
let progressShown = false;

/** Rewrites one line on a terminal's stderr; the empty text takes it away. */
export function progress(text: string): void {
  if (!Deno.stderr.isTerminal() || (text === "" && !progressShown)) return;
  progressShown = text !== "";
  writeAll(Deno.stderr, `\r\x1b[K${plainText(text)}`);
}

function writeAll(file: { writeSync(bytes: Uint8Array): number }, text: string): void {
  writeBytes(file, encoder.encode(text));
}

/**
 * Writes all bytes to one of this process's streams.
 *
 * @throws {Deno.errors.BrokenPipe} when nobody reads it any more
 * @throws {SmolvmError} kind `state` when it cannot be written
 */
export function writeBytes(file: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  } catch (error) {
    throw outputError(error);
  }
}

/** The error of a stream of this process that cannot be written, such as a file on a full disk. */
export function outputError(error: unknown): unknown {
  if (error instanceof Deno.errors.BrokenPipe) return error;
  const reason = systemWords(error)?.reason ?? (error as Error).message;
  return new SmolvmError("state", { action: "write the output", reason });
}
