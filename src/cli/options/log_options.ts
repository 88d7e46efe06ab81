/**
 * Options of the commands that show a log.
 *
 * @module
 */
import type { Command } from "commander";
import type { LogWish } from "../../actions/read_log.ts";
import { SmolvmError } from "../../error.ts";
import { parseCount, parseDuration } from "./values.ts";

/** Options of every command that shows a log. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
}

/** What is wanted of a log, and how it is shown. */
export interface ShownLog extends LogWish {
  readonly follow: boolean;
  /** Whether each line has its time before it. */
  readonly timestamps: boolean;
}

/** Adds the options. */
export function addLogOptions(command: Command): Command {
  return command
    .option("-f, --follow", "go on until the machine ends")
    .option("--tail <lines>", "only the last lines")
    .option("--since <time>", "only what came since: a date, or how long ago, like 10m")
    .option("--timestamps", "put the time before each line");
}

/**
 * Reads the options.
 *
 * @param now milliseconds since the Unix epoch
 * @throws {SmolvmError} kind `usage`
 */
export function readLogWish(options: LogOptions, now = Date.now()): ShownLog {
  const { tail, since } = options;
  return {
    ...(tail !== undefined && { tail: parseCount("--tail", tail, { min: 0, max: Number.MAX_SAFE_INTEGER }) }),
    ...(since !== undefined && { since: parseSince(since, now) }),
    follow: options.follow ?? false,
    timestamps: options.timestamps ?? false,
  };
}

function parseSince(text: string, now: number): number {
  const date = Date.parse(text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(date)) return date;
  try {
    return now - parseDuration("--since", text);
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
