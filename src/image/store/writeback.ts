/**
 * Has a file that grows written to stable storage while it grows, so that little is left to wait for at its
 * end.
 *
 * @module
 */

/** Bytes after which storage is asked again: less would make many small writes of it. */
const STEP_BYTES = 32 * 1024 * 1024;

/** A file that can be synchronised; `Deno.FsFile` is one. */
export interface SyncedFile extends Disposable {
  syncData(): Promise<void>;
  sync(): Promise<void>;
}

/** The writing back of one file. */
export class Writeback implements AsyncDisposable {
  readonly #open: () => SyncedFile;
  #file: SyncedFile | undefined;
  #asked = 0;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param open opens the file, when it is there and first needed */
  constructor(open: () => SyncedFile) {
    this.#open = open;
  }

  /** Is told how many bytes the file has by now; never waits. */
  grown(bytes: number): void {
    if (this.#running || bytes - this.#asked < STEP_BYTES) return;
    this.#asked = bytes;
    this.#file ??= this.#open();
    this.#running = this.#file.syncData()
      // The system tells a failure once, and finish() must know of it.
      .catch((error) => void (this.#failure ??= { error }))
      .finally(() => this.#running = undefined);
  }

  /**
   * Waits until all of the file is on stable storage.
   *
   * @throws what the system says, of any part of the file
   */
  async finish(): Promise<void> {
    await this.#running;
    this.#file ??= this.#open();
    await this.#file.sync();
    if (this.#failure) throw this.#failure.error;
  }

  /** Closes the file, once nothing is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running;
    this.#file?.[Symbol.dispose]();
  }
}
