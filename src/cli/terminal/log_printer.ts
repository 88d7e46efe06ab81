/**
 * Prints the pieces of a log, each to the stream that it came from.
 *
 * @module
 */
import type { LogPiece } from "../../logs/log_file.ts";
import { writeBytes } from "./write_bytes.ts";

/** Where a log is printed. */
export interface LogStreams {
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
}

/** This process's own streams. */
const own: LogStreams = {
  stdout: (bytes) => writeBytes(Deno.stdout, bytes),
  stderr: (bytes) => writeBytes(Deno.stderr, bytes),
};

/** Prints a log as it comes. */
export async function printLog(
  log: AsyncIterable<LogPiece>,
  { timestamps }: { readonly timestamps: boolean },
  streams = own,
): Promise<void> {
  const printer = new LogPrinter(timestamps, streams);
  for await (const piece of log) printer.print(piece);
}

/** Prints pieces, their times before each line if asked. */
export class LogPrinter {
  readonly #streams: LogStreams;
  readonly #timestamps: boolean;
  readonly #encoder = new TextEncoder();
  readonly #inLine = { stdout: false, stderr: false };

  constructor(timestamps: boolean, streams: LogStreams) {
    this.#timestamps = timestamps;
    this.#streams = streams;
  }

  /** Prints a piece; a line may come in several, and has its time once. */
  print({ stream, bytes, time }: LogPiece): void {
    const write = this.#streams[stream].bind(this.#streams);
    if (!this.#timestamps) return write(bytes);
    const stamp = this.#encoder.encode(`${new Date(time).toISOString()} `);
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(10, at);
      const end = newline < 0 ? bytes.length : newline + 1;
      if (!this.#inLine[stream]) write(stamp);
      write(bytes.subarray(at, end));
      this.#inLine[stream] = newline < 0;
      at = end;
    }
  }
}
