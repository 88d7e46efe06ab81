/**
 * A program that runs in a VM, to a program that uses smolvm as a library: its streams, its signals, its end.
 *
 * @module
 */
import type { Outcome } from "../session/outcome.ts";
import type { ProgramHandle } from "../session/program_handle.ts";
import type { SessionStreams } from "../session/session_streams.ts";

/** What a session is run with by whoever knows where. */
export interface SessionParts {
  readonly streams: SessionStreams;
  readonly signal: AbortSignal;
  readonly opened: (program: ProgramHandle) => void;
}

/** How a program ended, with all it printed. */
export interface Output extends Outcome {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** How a session is opened. */
export interface SessionOptions {
  /** What comes on the program's stdin; without it stdin is /dev/null. */
  readonly stdin?: ReadableStream<Uint8Array>;
  /** Ends the session with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * A program that runs. Its streams have to be read, by {@linkcode Session.output} or one by one: a program
 * that nobody reads waits, as behind a pipe.
 */
export class Session {
  /** What it prints, as it comes. */
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** How it ended; rejects when it could not be started or was lost. */
  readonly ended: Promise<Outcome>;
  #program: ProgramHandle | undefined;

  /** @param run runs the program to its end */
  constructor(run: (parts: SessionParts) => Promise<Outcome>, { stdin, signal }: SessionOptions = {}) {
    const [stdout, stderr] = [
      new TransformStream<Uint8Array, Uint8Array>(),
      new TransformStream<Uint8Array, Uint8Array>(),
    ];
    const writers = [stdout.writable.getWriter(), stderr.writable.getWriter()] as const;
    this.stdout = stdout.readable;
    this.stderr = stderr.readable;
    const ended = run({
      streams: {
        ...(stdin && { stdin }),
        // The buffer is used again for the next bytes.
        stdout: (bytes) => writers[0].write(bytes.slice()),
        stderr: (bytes) => writers[1].write(bytes.slice()),
      },
      signal: signal ?? new AbortController().signal,
      opened: (program) => this.#program = program,
    });
    this.ended = ended;
    ended.then(
      () => writers.map((one) => one.close()),
      (reason) => writers.map((one) => one.abort(reason)),
    ).then((closed) => Promise.all(closed)).catch(() => {});
  }

  /** Sends a signal by number, 1 to 64; nothing happens before the program runs and once it has ended. */
  kill(signal: number): void {
    this.#program?.signal(signal);
  }

  /** Tells its terminal a size in characters; nothing happens where it has none, or does not run. */
  resize(size: { readonly rows: number; readonly columns: number }): void {
    this.#program?.resize(size);
  }

  /** Waits for the end, and gathers all that is printed until then. */
  async output(): Promise<Output> {
    const [outcome, stdout, stderr] = await Promise.all([
      this.ended,
      new Response(this.stdout).bytes(),
      new Response(this.stderr).bytes(),
    ]);
    return { ...outcome, stdout, stderr };
  }
}
