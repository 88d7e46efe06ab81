/**
 * Writes to a stream of this process, and says in words why it cannot be written.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { systemWords } from "../../host/system_words.ts";

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
