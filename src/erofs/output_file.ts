/**
 * A file that is written from front to back in large pieces; runs of zeros become holes.
 *
 * @module
 */

/** Bytes gathered before a write. */
const BUFFER_BYTES = 1 << 20;

/** Runs of zeros are looked for in pieces of this many bytes. */
const PIECE_BYTES = 65_536;

/** A file being written. */
export class OutputFile {
  readonly #file: Deno.FsFile;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #words = new BigUint64Array(this.#buffer.buffer);
  #buffered = 0;
  #flushed = 0;
  #closed = false;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** @throws {Deno.errors.AlreadyExists} when there is a file */
  static create(path: string): OutputFile {
    return new OutputFile(Deno.openSync(path, { write: true, read: true, createNew: true, mode: 0o644 }));
  }

  /** Bytes so far. */
  get position(): number {
    return this.#flushed + this.#buffered;
  }

  /** Adds bytes. */
  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(bytes.length - at, BUFFER_BYTES - this.#buffered);
      this.#buffer.set(bytes.subarray(at, at + count), this.#buffered);
      this.#buffered += count;
      at += count;
      if (this.#buffered === BUFFER_BYTES) this.#flush();
    }
  }

  /** Adds zeros; many become a hole that is never written. */
  skip(count: number): void {
    const hole = count - count % BUFFER_BYTES;
    if (hole > 0) {
      this.#flush();
      this.#file.seekSync(hole, Deno.SeekMode.Current);
      this.#flushed += hole;
    }
    for (let left = count - hole; left > 0;) {
      const now = Math.min(left, BUFFER_BYTES - this.#buffered);
      this.#buffer.fill(0, this.#buffered, this.#buffered + now);
      this.#buffered += now;
      left -= now;
      if (this.#buffered === BUFFER_BYTES) this.#flush();
    }
  }

  /** Adds zeros up to a multiple. */
  alignTo(multiple: number): void {
    this.skip((multiple - this.position % multiple) % multiple);
  }

  /** Writes what is gathered and sets the length. Returns the bytes of the file. */
  finish(): number {
    this.#flush();
    this.#file.truncateSync(this.#flushed);
    return this.#flushed;
  }

  /** Overwrites bytes that were written before; after `finish` only. */
  writeAt(offset: number, bytes: Uint8Array): void {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    this.#writeAll(bytes);
  }

  close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }

  #flush(): void {
    let start = 0;
    for (let at = 0; at < this.#buffered; at += PIECE_BYTES) {
      const end = Math.min(at + PIECE_BYTES, this.#buffered);
      if (!this.#isZero(at, end)) continue;
      this.#writeAll(this.#buffer.subarray(start, at));
      this.#file.seekSync(end - at, Deno.SeekMode.Current);
      start = end;
    }
    this.#writeAll(this.#buffer.subarray(start, this.#buffered));
    this.#flushed += this.#buffered;
    this.#buffered = 0;
  }

  #isZero(start: number, end: number): boolean {
    if (end % 8 !== 0) return false;
    for (let word = start / 8; word < end / 8; word++) if (this.#words[word] !== 0n) return false;
    return true;
  }

  #writeAll(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }
}
