/**
 * Output of a machine's command on disk: one JSON line for each piece, with its time and its stream, so that
 * stdout and stderr stay apart and in order.
 *
 * @module
 */
import * as v from "valibot";
import { RotatedFile, rotatedPaths } from "./rotated_file.ts";

/** A file is put aside when it is larger, in bytes. */
const FILE_BYTES = 10 * 2 ** 20;

/** Files that are kept, the current one included. */
const FILES = 3;

/** A piece of output. */
export interface LogPiece {
  /** When it came, milliseconds since the Unix epoch. */
  readonly time: number;
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A line: time, stream, and the bytes as text where they are UTF-8, else in base64. */
const lineSchema = v.object({
  t: v.number(),
  s: v.picklist([1, 2]),
  text: v.optional(v.string()),
  base64: v.optional(v.string()),
});

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Encodes a piece as its line. */
export function encodePiece(piece: LogPiece): Uint8Array<ArrayBuffer> {
  const head = { t: piece.time, s: piece.stream === "stdout" ? 1 : 2 };
  return encoder.encode(`${JSON.stringify({ ...head, ...content(piece.bytes) })}\n`);
}

function content(bytes: Uint8Array<ArrayBuffer>): { text: string } | { base64: string } {
  try {
    return { text: strict.decode(bytes) };
  } catch {
    return { base64: bytes.toBase64() };
  }
}

/** Decodes a line; `undefined` for one that is none, such as the last of a file whose writer was killed. */
export function decodePiece(line: string): LogPiece | undefined {
  try {
    const { t, s, text, base64 } = v.parse(lineSchema, JSON.parse(line));
    const bytes = base64 === undefined ? encoder.encode(text ?? "") : Uint8Array.fromBase64(base64);
    return { time: t, stream: s === 1 ? "stdout" : "stderr", bytes };
  } catch {
    return undefined;
  }
}

/** Paths of a log, the oldest first. */
export function logFiles(path: string): string[] {
  return rotatedPaths(path, FILES);
}

/** Writes a log. Disposing closes it. */
export class LogWriter implements Disposable {
  readonly #file: RotatedFile;

  /**
   * Opens a log to append to.
   *
   * @param path the current file, made 0600
   * @param limit bytes of a file
   */
  constructor(path: string, limit = FILE_BYTES) {
    this.#file = new RotatedFile(path, { bytes: limit, files: FILES });
  }

  /** Appends a piece. A full host disk loses it, and no other: the command must not stop for that. */
  write(piece: LogPiece): void {
    this.#file.append(encodePiece(piece));
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
