/**
 * What interrupts a session of the command line: before its program runs, the first signal of those by which
 * people end a command ends it, and any other is kept for the program; from then on all go to the program, and a
 * second Ctrl-C or an output that nobody reads ends the session.
 *
 * @module
 */
import type { ProgramHandle } from "../../session/program_handle.ts";
import { SignalQueue } from "./signal_queue.ts";
import { forwardedSignals, SignalForwarder } from "./signals.ts";
import { BROKEN_PIPE, canceled, INTERRUPTED } from "./streams.ts";

const { SIGHUP, SIGINT, SIGQUIT, SIGTERM } = forwardedSignals;

/** What ends a command whose program does not run yet. */
const ENDING: readonly number[] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/** Listens for signals until disposed. */
export class SessionSignals implements Disposable {
  readonly #stopper = new AbortController();
  readonly #forwarder: Disposable;
  readonly #queue = new SignalQueue();

  /** @param listen starts to listen; for tests */
  constructor(
    listen = (forward: (signal: number) => void, force: () => void): Disposable =>
      new SignalForwarder(forward, force),
  ) {
    this.#forwarder = listen(
      (signal) => {
        if (this.#queue.opened || !ENDING.includes(signal)) this.#queue.send(signal);
        else this.#stopper.abort(canceled(128 + signal));
      },
      () => this.#stopper.abort(canceled(INTERRUPTED)),
    );
  }

  /** Fires when the command is to end; its reason is the error that the command ends with. */
  get signal(): AbortSignal {
    return this.#stopper.signal;
  }

  /** The session is open: signals are its program's from now on. */
  readonly opened = (program: ProgramHandle): void => this.#queue.open(program);

  /** Nobody reads the output any more. */
  readonly broken = (): void => this.#stopper.abort(canceled(BROKEN_PIPE));

  /** The keys were typed that leave the program running. */
  readonly left = (): void => this.#stopper.abort(canceled(0));

  /** The window is closed, and the program goes on. */
  readonly hungUp = (): void => this.#stopper.abort(canceled(128 + SIGHUP));

  [Symbol.dispose](): void {
    this.#forwarder[Symbol.dispose]();
  }
}
