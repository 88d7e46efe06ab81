/**
 * A place in a file of lines that moves on as the file grows, across any number of rotations (rotated_file.ts): a file
 * that was opened stays the one it was, whatever its name is by then.
 *
 * @module
 */
/** Bytes read at a time. */
const READ_BYTES = 65_536;

/** How often files may be renamed under a look at them before it is given up until the next one. */
const TRIES = 5;

/** The place. Disposing closes the file. */
export class LineCursor implements Disposable {
  readonly #paths: readonly string[];
  #decoder = new TextDecoder();
  #file: Deno.FsFile | undefined;
  #rest = "";

  /**
   * @param paths the files, the oldest first; they need not be there yet
   * @param from `start` of what is kept, or `end`: only what comes from now on
   */
  constructor(paths: readonly string[], from: "start" | "end") {
    this.#paths = paths;
    if (from === "start") return;
    this.#file = open(paths.at(-1) ?? "");
    this.#file?.seekSync(0, Deno.SeekMode.End);
  }

  /** Whole lines behind the place, which it moves past. */
  *next(): Generator<string> {
    for (;;) {
      if (this.#file) yield* this.#read(this.#file);
      const newer = this.#openNewer();
      if (!newer) return;
      // What came between the last read and the rotation.
      if (this.#file) yield* this.#read(this.#file);
      this.#file?.close();
      this.#file = newer;
      // A line that is not whole by now never will be.
      this.#rest = "";
      this.#decoder = new TextDecoder();
    }
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }

  *#read(file: Deno.FsFile): Generator<string> {
    const buffer = new Uint8Array(READ_BYTES);
    for (let count = file.readSync(buffer); count !== null; count = file.readSync(buffer)) {
      const text = this.#rest + this.#decoder.decode(buffer.subarray(0, count), { stream: true });
      const lines = text.split("\n");
      this.#rest = lines.pop() ?? "";
      yield* lines;
    }
  }

  /** The next file in the log's order, if there is one; the oldest when the current one is kept no more. */
  #openNewer(): Deno.FsFile | undefined {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const files = this.#paths.flatMap((path) => {
        const inode = inodeOf(path);
        return inode === undefined ? [] : [{ path, inode }];
      });
      const current = this.#file?.statSync().ino;
      const next = files[files.findIndex(({ inode }) => inode === current) + 1];
      if (!next) return undefined;
      const file = open(next.path);
      if (file?.statSync().ino === next.inode) return file;
      // Renamed between the look and the opening.
      file?.close();
    }
    return undefined;
  }
}

function open(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function inodeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).ino ?? undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
