/**
 * A place in a log that moves on as the log grows.
 *
 * @module
 */
import { LineCursor } from "./line_cursor.ts";
import { decodePiece, logFiles, type LogPiece } from "./log_file.ts";

/** The place. Disposing closes the file. */
export class LogCursor implements Disposable {
  readonly #lines: LineCursor;

  /**
   * @param path the log; it need not be there yet
   * @param from `start` of what is kept, or `end`: only what comes from now on
   */
  constructor(path: string, from: "start" | "end") {
    this.#lines = new LineCursor(logFiles(path), from);
  }

  /** What there is behind the place, which it moves past. */
  *next(): Generator<LogPiece> {
    for (const line of this.#lines.next()) {
      const piece = decodePiece(line);
      if (piece) yield piece;
    }
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }
}
