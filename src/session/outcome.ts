/**
 * How a session ended, as an exit code and a word to the user. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { SessionEvent } from "../guest_protocol/messages.ts";

/** The end of a run. */
export interface Outcome {
  /** The command's own, 124 for a timeout, 128+N for a signal. */
  readonly exitCode: number;
  /** A line for stderr, when the code alone does not say enough. */
  readonly notice?: string;
}

/** Why nothing is known of a program's end: its session broke off, with the VM or without. */
export const CONNECTION_LOST = "the connection to the guest was lost";

/** How a program ended, as its session tells. */
export type ExitedEvent = Extract<SessionEvent, { kind: "exited" }>;

/** The exit code of a program that ended: its own, or 128 and the number of the signal that ended it. */
export function exitCodeOf({ code, signal }: Pick<ExitedEvent, "code" | "signal">): number {
  // The guest may send any number: only its lowest byte can be an exit code of a process here.
  return signal === null ? (code ?? 125) & 0xff : (128 + signal) & 0xff;
}

/**
 * Judges the last event of a session.
 *
 * @param event the event, or `undefined` when the session was cut off
 * @param program what ran, for messages
 * @param memoryMiB the VM's memory, for messages
 * @throws {SmolvmError} kind `process` when the program never ran, kind `guest` when the session was cut off
 */
export function judgeEnd(
  event: SessionEvent | { readonly kind: "machine" | "stopped" } | undefined,
  program: string,
  memoryMiB: number,
): Outcome {
  if (event?.kind === "failed") {
    const { exitCode, reason, subject, step } = event;
    throw new SmolvmError("process", {
      action: `run${subject === program ? "" : ` ${program}`}`,
      subject: subject || step,
      reason,
      exitCode: [125, 126, 127].includes(exitCode) ? exitCode : 125,
    });
  }
  if (event?.kind !== "exited") {
    throw new SmolvmError("guest", { action: "run", subject: program, reason: CONNECTION_LOST });
  }
  if (event.timedOut) return { exitCode: 124, notice: `${program} was ended by --timeout` };
  const exitCode = exitCodeOf(event);
  if (!event.outOfMemory || exitCode === 0) return { exitCode };
  return {
    exitCode,
    notice: `${program} ran out of memory (the VM has ${memoryMiB} MiB); give more with --mem`,
  };
}
