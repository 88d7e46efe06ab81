/**
 * The streams of this process as a session's, and the codes of what cuts them off.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { SessionStreams, Sink } from "../../session/session_streams.ts";
import { standardInput } from "../../files/standard_input.ts";
import { type Output, writeBytesAsync } from "./write_bytes.ts";

/** Exit codes of signals that end the command itself. */
export const INTERRUPTED = 130;
export const BROKEN_PIPE = 141;

/** Writes everything to a file; `broken` is called when nobody reads it any more. */
export function outputSink(file: Output, broken: () => void): Sink {
  return async (bytes) => {
    try {
      await writeBytesAsync(file, bytes);
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) broken();
      throw error;
    }
  };
}

/** The error of a command that was interrupted: it is silent, and its code says enough. */
export function canceled(exitCode: number): SmolvmError {
  return new SmolvmError("canceled", { action: "go on", reason: "interrupted", exitCode });
}

/**
 * The streams of this process: stdin if it is to be passed on, stdout and stderr.
 *
 * @param broken called when nobody reads the output any more
 */
export function processStreams(interactive: boolean | undefined, broken: () => void): SessionStreams {
  return {
    ...(interactive && { stdin: standardInput() }),
    stdout: outputSink(Deno.stdout, broken),
    stderr: outputSink(Deno.stderr, broken),
  };
}
