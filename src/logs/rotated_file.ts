/**
 * A file of lines that has a limit: it is put aside when it has grown to that, the oldest of those that are kept
 * removed.
 *
 * @module
 */

/** How much is kept. */
export interface RotationLimits {
  /** Bytes of a file. */
  readonly bytes: number;
  /** Files, the current one included. */
  readonly files: number;
}

const NEWLINE = 10;

/** Paths of the files, the oldest first. */
export function rotatedPaths(path: string, files: number): string[] {
  return [...Array.from({ length: files - 1 }, (_, index) => `${path}.${files - 1 - index}`), path];
}

/** The file, to append to. Disposing closes it. */
export class RotatedFile implements Disposable {
  readonly #path: string;
  readonly #limits: RotationLimits;
  #file: Deno.FsFile;
  #bytes: number;
  /** Whether the file may end within a line: its last writer may have been killed. */
  #torn: boolean;

  /** @param path the current file, made 0600 */
  constructor(path: string, limits: RotationLimits) {
    this.#path = path;
    this.#limits = limits;
    this.#file = open(path);
    this.#bytes = this.#file.statSync().size;
    this.#torn = this.#bytes > 0;
  }

  /** Appends a line, its newline included. A full host disk loses it, and no other: whoever writes must not stop for that. */
  append(line: Uint8Array): void {
    try {
      if (this.#bytes > 0 && this.#bytes + line.length > this.#limits.bytes) this.#rotate();
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
    const files = rotatedPaths(this.#path, this.#limits.files);
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
