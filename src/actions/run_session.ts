/**
 * Runs a program in a place to its end, joined to the caller's streams.
 *
 * @module
 */
import { abortable } from "../async/abortable.ts";
import { SmolvmError } from "../error.ts";
import { debug } from "../log.ts";
import { type ProgramHandle, programOf } from "../session/program_handle.ts";
import { CONNECTION_LOST, judgeEnd, type Outcome } from "../session/outcome.ts";
import { joinSession, type SessionStreams } from "../session/session_streams.ts";
import type { SessionPlace } from "./open_session.ts";

/** How long an agent may take to start a program, in milliseconds; its host may be busy. */
const ANSWER_MILLISECONDS = 120_000;

/** What a session is run with. */
export interface SessionContext {
  /** What runs, for messages. */
  readonly program: string;
  readonly streams: SessionStreams;
  /** Ends the session from outside, with its reason. */
  readonly signal: AbortSignal;
  /** Called once the program can be sent signals. */
  readonly opened?: (program: ProgramHandle) => void;
  /** How long the agent may take to start the program, in milliseconds. */
  readonly answerMilliseconds?: number;
}

/**
 * Runs a session to its end.
 *
 * @param reach finds the place
 * @throws {SmolvmError} when the place was not found, the program not started, or the session cut off; and the
 * signal's reason when that fires
 */
export async function runSession(
  reach: () => Promise<SessionPlace>,
  { program, streams, signal, opened, answerMilliseconds = ANSWER_MILLISECONDS }: SessionContext,
): Promise<Outcome> {
  const { link, request, memoryMiB } = await abortable(reach(), signal);
  using _link = link;
  debug("machine reached");
  const stream = link.open(request);
  opened?.(programOf(stream));
  const mute = new AbortController();
  const timer = setTimeout(() => mute.abort(agentMute(program, answerMilliseconds)), answerMilliseconds);
  try {
    const session = joinSession(stream, streams, () => clearTimeout(timer));
    const end = await abortable(session, AbortSignal.any([signal, mute.signal]));
    debug("session over", { end });
    if (end) return judgeEnd(end, program, memoryMiB);
  } finally {
    clearTimeout(timer);
  }
  const { reason = CONNECTION_LOST } = await stream.ended;
  throw new SmolvmError("guest", { action: "run", subject: program, reason });
}

/** The error of a program that did not start in time. */
export function agentMute(program: string, milliseconds = ANSWER_MILLISECONDS): SmolvmError {
  return new SmolvmError("guest", {
    action: "run",
    subject: program,
    reason: `the agent of its machine did not answer within ${milliseconds / 1000} s`,
    remedy: "see smolvm microvm status; smolvm microvm stop ends the machine",
  });
}
