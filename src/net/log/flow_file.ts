/**
 * The log of a VM's flows on disk: JSON lines in two files of 8 MiB at most, which are some 60,000 flows.
 *
 * @module
 */
import { LineCursor } from "../../logs/line_cursor.ts";
import { followLog } from "../../logs/log_reader.ts";
import { RotatedFile, rotatedPaths } from "../../logs/rotated_file.ts";
import type { FlowLog, FlowRecord } from "../model/gateway_parts.ts";
import { decodeEntry, encodeEntry, entryOf, type FlowEntry } from "./flow_entry.ts";

const FILES = 2;
const FILE_BYTES = 8 * 2 ** 20;

const encoder = new TextEncoder();

/** The log, to write to. Disposing closes it. */
export class FlowFile implements FlowLog, Disposable {
  readonly #file: RotatedFile;

  /**
   * @param path the current file, made 0600
   * @param bytes of a file
   */
  constructor(path: string, bytes = FILE_BYTES) {
    this.#file = new RotatedFile(path, { bytes, files: FILES });
  }

  ended(flow: FlowRecord): void {
    this.#file.append(encoder.encode(`${encodeEntry(entryOf(flow))}\n`));
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

/** A place in the log. Disposing closes the file. */
export class FlowCursor implements Disposable {
  readonly #lines: LineCursor;

  /** At the beginning of what is kept. */
  constructor(path: string) {
    this.#lines = new LineCursor(rotatedPaths(path, FILES), "start");
  }

  /** What there is behind the place, which it moves past. */
  *next(): Generator<FlowEntry> {
    for (const line of this.#lines.next()) {
      const entry = decodeEntry(line);
      if (entry) yield entry;
    }
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }
}

/**
 * Reads the log: what is kept, and what comes after it if that is wanted too.
 *
 * @param over settles when nothing more will come; absent: what is kept is all that is wanted
 */
export async function* readFlows(path: string, over?: Promise<unknown>): AsyncGenerator<FlowEntry> {
  using cursor = new FlowCursor(path);
  yield* cursor.next();
  if (over) yield* followLog(path, cursor, over);
}
