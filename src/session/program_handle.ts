/**
 * A program that runs, to whoever may send it signals and nothing else.
 *
 * @module
 */
import type { SessionRequest } from "../guest_protocol/messages.ts";

/** The program. */
export interface ProgramHandle {
  /** Sends it a signal by number, 1 to 64; nothing happens once it has ended. */
  signal(number: number): void;
}

/** The program of a session. */
export function programOf(session: { send(request: SessionRequest): void }): ProgramHandle {
  return { signal: (number) => session.send({ kind: "signal", signal: number }) };
}
