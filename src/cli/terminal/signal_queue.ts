/**
 * Signals on their way to a program that may not run yet: each kind is kept once, as the kernel keeps a signal
 * that a process does not take yet, and handed on when the program runs.
 *
 * @module
 */
import type { ProgramHandle } from "../../session/program_handle.ts";

/** The signals for one program. */
export class SignalQueue {
  readonly #waiting = new Set<number>();
  #program: ProgramHandle | undefined;

  /** Whether signals reach the program. */
  get opened(): boolean {
    return this.#program !== undefined;
  }

  /** Sends a signal, now or when the program runs. */
  send(signal: number): void {
    if (this.#program) this.#program.signal(signal);
    else this.#waiting.add(signal);
  }

  /** The program can be sent signals: those that have come are, in their order. */
  open(program: ProgramHandle): void {
    this.#program = program;
    for (const signal of this.#waiting) program.signal(signal);
    this.#waiting.clear();
  }
}
