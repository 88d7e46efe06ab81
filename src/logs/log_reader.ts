/**
 * Reads the log of a machine, from its files, whether the machine runs or not.
 *
 * @module
 */
import { dirname } from "node:path";
import { delay } from "../async/delay.ts";
import { LogCursor } from "./log_cursor.ts";
import type { LogPiece } from "./log_file.ts";

/** How often the file is looked at where the system tells of no change, in milliseconds. */
const LOOK_MILLISECONDS = 1_000;

const NEWLINE = 10;

/** Which part of a log is wanted. */
export interface LogSelection {
  /** At most so many lines, the last ones; `undefined`: all. */
  readonly tail?: number;
  /** Only pieces from then on, milliseconds since the Unix epoch. */
  readonly since?: number;
}

/** Pieces of a log, the oldest first. */
export function readLog(path: string, selection: LogSelection = {}): LogPiece[] {
  using cursor = new LogCursor(path, "start");
  return selectPieces([...cursor.next()], selection);
}

/** The wanted part of pieces. */
export function selectPieces(pieces: readonly LogPiece[], selection: LogSelection): LogPiece[] {
  const recent = pieces.filter(({ time }) => time >= (selection.since ?? -Infinity));
  return selection.tail === undefined ? recent : lastLines(recent, selection.tail);
}

/** The last lines of both streams together; a piece may hold several, or a part of one. */
export function lastLines(pieces: readonly LogPiece[], count: number): LogPiece[] {
  if (count === 0) return [];
  let seen = 0;
  // A newline at the very end closes the last line; it does not begin another.
  let closing = true;
  for (const [index, piece] of [...pieces.entries()].toReversed()) {
    for (let at = piece.bytes.length - 1; at >= 0; at--) {
      const isNewline = piece.bytes[at] === NEWLINE;
      if (isNewline && !closing && ++seen === count) {
        const rest = { ...piece, bytes: piece.bytes.slice(at + 1) };
        return [rest, ...pieces.slice(index + 1)].filter(({ bytes }) => bytes.length > 0);
      }
      closing = false;
    }
  }
  return [...pieces];
}

/**
 * Follows a log from a place on: yields what is appended until `over`, and what was appended until then.
 *
 * @param path the log
 * @param cursor the place
 * @param over settles when nothing more will come
 */
export async function* followLog<Piece = LogPiece>(
  path: string,
  cursor: { next(): Iterable<Piece> },
  over: Promise<unknown>,
): AsyncGenerator<Piece> {
  let ended = false;
  let changed = new AbortController();
  const end = (): void => {
    ended = true;
    changed.abort();
  };
  void over.then(end, end);
  using _watch = watch(dirname(path), () => changed.abort());
  for (;;) {
    // Made before the log is read, so that a change while it is read is not waited for.
    changed = new AbortController();
    const last = ended;
    yield* cursor.next();
    if (last) return;
    await delay(LOOK_MILLISECONDS, { signal: changed.signal });
  }
}

/** Calls back at every change in a folder, where the system can tell. */
function watch(folder: string, changed: () => void): Disposable {
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(folder, { recursive: false });
  } catch {
    // Too many watches on this host: the look at the clock has to do.
    return { [Symbol.dispose]: () => {} };
  }
  void (async () => {
    for await (const _ of watcher) changed();
  })().catch(() => {});
  return watcher;
}
