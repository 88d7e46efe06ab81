/**
 * Shows a log: the part that is wanted, and what comes after it if that is wanted too.
 *
 * @module
 */
import { LogCursor } from "../../logs/log_cursor.ts";
import { followLog, selectPieces } from "../../logs/log_reader.ts";
import type { LogWish } from "../options/log_options.ts";
import { LogPrinter, type LogStreams } from "./log_printer.ts";
import { writeBytes } from "./write_bytes.ts";

/** This process's own streams. */
const own: LogStreams = {
  stdout: (bytes) => writeBytes(Deno.stdout, bytes),
  stderr: (bytes) => writeBytes(Deno.stderr, bytes),
};

/** Shows a log. @param over settles when nothing more will come */
export async function showLog(
  path: string,
  wish: LogWish,
  over: Promise<unknown>,
  streams: LogStreams = own,
): Promise<void> {
  const printer = new LogPrinter(wish.timestamps, streams);
  using cursor = new LogCursor(path, "start");
  for (const piece of selectPieces([...cursor.next()], wish)) printer.print(piece);
  if (!wish.follow) return;
  for await (const piece of followLog(path, cursor, over)) printer.print(piece);
}
