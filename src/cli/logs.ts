/**
 * `smolvm microvm logs`.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import type { LogPiece } from "../vm/log_file.ts";
import { followLog, readLog } from "../vm/log_reader.ts";
import { type MachineFolder, machineFolder } from "../vm/machine_folder.ts";
import { namedMachine, withMachines } from "./machine_context.ts";
import { writeLine } from "./output.ts";
import { parseCount, parseDuration } from "./values.ts";

interface LogsOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
  readonly console?: boolean;
}

/** The command. */
export function logsCommand(): Command {
  return new Command("logs")
    .description("show what a machine's command printed")
    .argument("[machine]", "which one (default: default)")
    .option("-f, --follow", "go on until the machine ends")
    .option("--tail <lines>", "only the last lines")
    .option("--since <time>", "only what came since: a date, or how long ago, like 10m")
    .option("--timestamps", "put the time before each line")
    .option("--console", "show the end of the guest's console at its last end instead")
    .action(async (name: string | undefined, options: LogsOptions) => {
      const tail = options.tail === undefined
        ? undefined
        : parseCount("--tail", options.tail, { min: 0, max: Number.MAX_SAFE_INTEGER });
      const since = options.since === undefined ? undefined : parseSince(options.since);
      await withMachines(async (context) => {
        const folder = machineFolder(context.paths, namedMachine(name, context).spec.id);
        if (options.console) return showConsole(folder);
        const writer = new LogPrinter(options.timestamps ?? false);
        const from = options.follow ? currentSize(folder.log) : 0;
        for (
          const piece of readLog(folder.log, { ...(tail !== undefined && { tail }), ...(since && { since }) })
        ) {
          writer.print(piece);
        }
        if (!options.follow) return;
        for await (const piece of followLog(folder.log, from, supervisorGone(folder))) writer.print(piece);
      });
    });
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
    if (!this.#timestamps) return writeAll(file, bytes);
    const stamp = this.#encoder.encode(`${new Date(time).toISOString()} `);
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(10, at);
      const end = newline < 0 ? bytes.length : newline + 1;
      if (!this.#inLine[stream]) writeAll(file, stamp);
      writeAll(file, bytes.subarray(at, end));
      this.#inLine[stream] = newline < 0;
      at = end;
    }
  }
}

function writeAll(file: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function showConsole(folder: MachineFolder): void {
  try {
    const text = Deno.readTextFileSync(folder.console).trimEnd();
    if (text !== "") writeLine(text);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function currentSize(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

/** Settles when nobody supervises the machine: the lock can be had then. */
async function supervisorGone(folder: MachineFolder): Promise<void> {
  try {
    Deno.statSync(folder.lock);
  } catch {
    return;
  }
  using _lock = await FileLock.acquire(folder.lock, { shared: true });
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
