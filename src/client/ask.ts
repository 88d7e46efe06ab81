/**
 * Asks a supervisor for something that is answered by one event.
 *
 * @module
 */
import { LATE, withinDeadline } from "../async/deadline.ts";
import { SmolvmError } from "../error.ts";
import type { SupervisorEvent, SupervisorRequest } from "../supervisor_protocol/messages.ts";
import type { SupervisorLink } from "./connect.ts";

/** What an error says was tried, and on what. */
export interface Tried {
  readonly action: string;
  readonly subject?: string;
}

/**
 * Asks, and waits for the answer.
 *
 * @param words what an error says was tried
 * @returns the event, `undefined` when none came in time, or the other side went away
 * @throws {SmolvmError} kind `guest` when the other side says why it does not do it
 */
export async function ask(
  link: SupervisorLink,
  request: SupervisorRequest,
  milliseconds: number,
  words: Tried = { action: "ask the machine" },
): Promise<SupervisorEvent | undefined> {
  const stream = link.open(request);
  const event = await withinDeadline(stream.nextMessage(), milliseconds);
  if (event === LATE) return undefined;
  if (event) return event;
  const { reason } = await stream.ended;
  if (reason === undefined) return undefined;
  throw new SmolvmError("guest", { ...words, reason });
}
