/**
 * Reads the log of a machine, from its files, whether the machine runs or not.
 *
 * @module
 */
import { dirname } from "node:path";
import { decodePiece, logFiles, type LogPiece } from "./log_file.ts";

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
  const pieces = logFiles(path).flatMap((file) => readPieces(file))
    .filter(({ time }) => time >= (selection.since ?? 0));
  return selection.tail === undefined ? pieces : lastLines(pieces, selection.tail);
}

function readPieces(file: string): LogPiece[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return text.split("\n").flatMap((line) => decodePiece(line) ?? []);
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
 * @param from size of the current file from which on it is wanted
 * @param over settles when nothing more will come
 */
export async function* followLog(
  path: string,
  from: number,
  over: Promise<unknown>,
): AsyncGenerator<LogPiece> {
  let ended = false;
  let wake = (): void => {};
  void over.then(() => {
    ended = true;
    wake();
  });
  using _watch = watch(dirname(path), () => wake());
  using follower = new Follower(path, from);
  for (;;) {
    const last = ended;
    yield* follower.next();
    if (last) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MILLISECONDS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (ended) wake();
    });
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

/** A place in a log that outlives rotation: the open file stays the one it was. */
class Follower implements Disposable {
  readonly #path: string;
  readonly #decoder = new TextDecoder();
  #file: Deno.FsFile | undefined;
  #from: number;
  #rest = "";

  constructor(path: string, from: number) {
    this.#path = path;
    this.#from = from;
  }

  /** What was appended since the last call. */
  *next(): Generator<LogPiece> {
    this.#file ??= this.#open();
    if (!this.#file) return;
    yield* this.#read(this.#file);
    if (!this.#isReplaced(this.#file)) return;
    // What came between the last look and the change of files.
    yield* this.#read(this.#file);
    this.#file.close();
    this.#from = 0;
    this.#file = this.#open();
    if (this.#file) yield* this.#read(this.#file);
  }

  [Symbol.dispose](): void {
    this.#file?.close();
  }

  *#read(file: Deno.FsFile): Generator<LogPiece> {
    const buffer = new Uint8Array(65_536);
    for (let count = file.readSync(buffer); count !== null; count = file.readSync(buffer)) {
      const lines = (this.#rest + this.#decoder.decode(buffer.subarray(0, count), { stream: true })).split(
        "\n",
      );
      this.#rest = lines.pop() ?? "";
      for (const line of lines) {
        const piece = decodePiece(line);
        if (piece) yield piece;
      }
    }
  }

  #open(): Deno.FsFile | undefined {
    try {
      const file = Deno.openSync(this.#path);
      file.seekSync(this.#from, Deno.SeekMode.Start);
      return file;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  #isReplaced(file: Deno.FsFile): boolean {
    try {
      return Deno.statSync(this.#path).ino !== file.statSync().ino;
    } catch {
      return false;
    }
  }
}
