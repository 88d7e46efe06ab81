/**
 * Output of a machine's command on disk: one JSON line for each piece, with its time and its stream, so that
 * stdout and stderr stay apart and in order. A file that has grown to its limit is put aside, the oldest of
 * three removed.
 *
 * @module
 */
import * as v from "valibot";

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

const NEWLINE = 10;

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
  return [...Array.from({ length: FILES - 1 }, (_, index) => `${path}.${FILES - 1 - index}`), path];
}

/** Writes a log. Disposing closes it. */
export class LogWriter implements Disposable {
  readonly #path: string;
  readonly #limit: number;
  #file: Deno.FsFile;
  #bytes: number;
  /** Whether the file may end within a line: its last writer may have been killed. */
  #torn: boolean;

  /**
   * Opens a log to append to.
   *
   * @param path the current file, made 0600
   * @param limit bytes of a file
   */
  constructor(path: string, limit = FILE_BYTES) {
    this.#path = path;
    this.#limit = limit;
    this.#file = open(path);
    this.#bytes = this.#file.statSync().size;
    this.#torn = this.#bytes > 0;
  }

  /** Appends a piece. A full host disk loses it, and no other: the command must not stop for that. */
  write(piece: LogPiece): void {
    const line = encodePiece(piece);
    try {
      if (this.#bytes > 0 && this.#bytes + line.length > this.#limit) this.#rotate();
      // A newline ends what of an earlier line was written before the disk was full.
      const bytes = this.#torn ? Uint8Array.of(NEWLINE, ...line) : line;
      this.#torn = true;
      for (let at = 0; at < bytes.length;) {
        const count = this.#file.writeSync(bytes.subarray(at));
        at += count;
        this.#bytes += count;
      }
      this.#torn = false;
    } catch {
      // The disk is full or broken, which the next command that writes to it reports; the log has no reader to tell.
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** The open file is the current one until there is a new one: a full disk may not have room for it. */
  #rotate(): void {
    const files = logFiles(this.#path);
    files.slice(0, -1).forEach((older, index) => {
      try {
        Deno.renameSync(files[index + 1] ?? "", older);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    });
    const next = open(this.#path);
    this.#file.close();
    this.#file = next;
    this.#bytes = 0;
    this.#torn = false;
  }
}

function open(path: string): Deno.FsFile {
  return Deno.openSync(path, { append: true, create: true, mode: 0o600 });
}
