/**
 * Shows a log: the part that is wanted, and what comes after it if that is wanted too.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { LogPiece } from "../../logs/log_file.ts";
import { LogCursor } from "../../logs/log_cursor.ts";
import { followLog, selectPieces } from "../../logs/log_reader.ts";
import { writeBytes } from "./output.ts";
import { parseCount, parseDuration } from "../options/values.ts";

/** Options of every command that shows a log. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
}

/** What is wanted of a log. */
export interface LogWish {
  readonly tail?: number;
  /** Milliseconds since the Unix epoch. */
  readonly since?: number;
  readonly follow: boolean;
  readonly timestamps: boolean;
}

/**
 * Reads the options.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function readSelection(options: LogOptions): LogWish {
  const { tail, since } = options;
  return {
    ...(tail !== undefined && { tail: parseCount("--tail", tail, { min: 0, max: Number.MAX_SAFE_INTEGER }) }),
    ...(since !== undefined && { since: parseSince(since) }),
    follow: options.follow ?? false,
    timestamps: options.timestamps ?? false,
  };
}

/** Shows a log. @param over settles when nothing more will come */
export async function showLog(path: string, wish: LogWish, over: Promise<unknown>): Promise<void> {
  const printer = new LogPrinter(wish.timestamps);
  using cursor = new LogCursor(path, "start");
  for (const piece of selectPieces([...cursor.next()], wish)) printer.print(piece);
  if (!wish.follow) return;
  for await (const piece of followLog(path, cursor, over)) printer.print(piece);
}

/** Prints pieces, their times before each line if asked. */
class LogPrinter {
  readonly #timestamps: boolean;
  readonly #encoder = new TextEncoder();
  readonly #inLine = { stdout: false, stderr: false };

  constructor(timestamps: boolean) {
    this.#timestamps = timestamps;
  }

  print({ stream, bytes, time }: LogPiece): void {
    const file = stream === "stdout" ? Deno.stdout : Deno.stderr;
    if (!this.#timestamps) return writeBytes(file, bytes);
    const stamp = this.#encoder.encode(`${new Date(time).toISOString()} `);
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(10, at);
      const end = newline < 0 ? bytes.length : newline + 1;
      if (!this.#inLine[stream]) writeBytes(file, stamp);
      writeBytes(file, bytes.subarray(at, end));
      this.#inLine[stream] = newline < 0;
      at = end;
    }
  }
}

function parseSince(text: string): number {
  const date = Date.parse(text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(date)) return date;
  try {
    return Date.now() - parseDuration("--since", text);
  } catch (cause) {
    throw new SmolvmError("usage", {
      action: "use --since",
      subject: JSON.stringify(text),
      reason: "it is neither a date nor a duration",
      remedy: "write it like 10m or 2026-01-31T12:00:00Z",
      cause,
    });
  }
}
