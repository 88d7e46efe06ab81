/**
 * Writes to a stream of this process, and says in words why it cannot be written. Where whoever started the
 * process made the stream non-blocking, as many runners of jobs do, a write that finds a full pipe waits.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { writeNow } from "../../ffi/nonblocking_output.ts";
import { waitReady, waitReadySync } from "../../ffi/poll.ts";
import { causeWords } from "../../host/system_words.ts";

const STDOUT = 1;

/** What is written to at once. */
export interface SyncOutput {
  writeSync(bytes: Uint8Array): number;
}

/** What is written to while other things go on. */
export interface Output {
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Writes all bytes to one of this process's streams.
 *
 * @throws {Deno.errors.BrokenPipe} when nobody reads it any more
 * @throws {SmolvmError} kind `state` when it cannot be written
 */
export function writeBytes(file: SyncOutput, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const rest = bytes.subarray(at);
    try {
      const taken = takenNow(file, rest) ?? file.writeSync(rest);
      at += taken;
      if (taken === 0) waitReadySync(STDOUT, "write");
    } catch (error) {
      const descriptor = fullDescriptor(file, error);
      if (descriptor === undefined) throw outputError(error);
      waitReadySync(descriptor, "write");
    }
  }
}

/** As {@linkcode writeBytes}, without keeping this thread. */
export async function writeBytesAsync(file: Output, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const rest = bytes.subarray(at);
    try {
      const taken = takenNow(file, rest) ?? await file.write(rest);
      at += taken;
      if (taken === 0) await waitReady(STDOUT, "write");
    } catch (error) {
      const descriptor = fullDescriptor(file, error);
      if (descriptor === undefined) throw outputError(error);
      await waitReady(descriptor, "write");
    }
  }
}

/** What this process's stdout took where it is non-blocking: the runtime loses count there. `undefined`: it is to write itself. */
function takenNow(file: SyncOutput | Output, bytes: Uint8Array): number | undefined {
  return file === Deno.stdout ? writeNow(STDOUT, bytes) : undefined;
}

/** The descriptor of a stream that takes nothing at the moment (EAGAIN). */
function fullDescriptor(file: SyncOutput | Output, error: unknown): number | undefined {
  if (!(error instanceof Deno.errors.WouldBlock)) return undefined;
  if (file === Deno.stdout) return STDOUT;
  return file === Deno.stderr ? 2 : undefined;
}

/** The error of a stream of this process that cannot be written, such as a file on a full disk. */
function outputError(error: unknown): unknown {
  if (error instanceof Deno.errors.BrokenPipe) return error;
  const reason = causeWords(error).reason;
  return new SmolvmError("state", { action: "write the output", reason });
}
