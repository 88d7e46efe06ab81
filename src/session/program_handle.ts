/**
 * A program that runs, to whoever may send it signals and tell its terminal a size, and nothing else.
 *
 * @module
 */
import type { SessionRequest, TerminalSize } from "../guest_protocol/messages.ts";

/** The program. */
export interface ProgramHandle {
  /** Sends it a signal by number, 1 to 64; nothing happens once it has ended. */
  signal(number: number): void;
  /** Its terminal has another size now; nothing happens where it has none. */
  resize(size: TerminalSize): void;
}

/** The program of a session. */
export function programOf(session: { send(request: SessionRequest): void }): ProgramHandle {
  return {
    signal: (number) => session.send({ kind: "signal", signal: number }),
    resize: ({ rows, columns }) => session.send({ kind: "resize", rows, columns }),
  };
}
