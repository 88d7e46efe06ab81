/**
 * Asks a machine's supervisor for something with a container, and waits until that is done.
 *
 * @module
 */
import { ask } from "../client/ask.ts";
import { SmolvmError } from "../error.ts";
import type { SupervisorRequest } from "../supervisor_protocol/messages.ts";
import { judgeEnd } from "../session/outcome.ts";
import type { SupervisorLink } from "../client/connect.ts";

/** What a message says was tried. */
export interface AskedFor {
  readonly action: string;
  /** The container, as the user named it. */
  readonly subject: string;
  /** What was to run in it. */
  readonly program?: string;
}

/**
 * Asks, and waits for the answer.
 *
 * @throws {SmolvmError} with why it was not done; kind `guest` when no answer came in time
 */
export async function askContainer(
  link: SupervisorLink,
  message: SupervisorRequest,
  { action, subject, program = "" }: AskedFor,
  milliseconds: number,
): Promise<void> {
  const begun = performance.now();
  const event = await ask(link, message, milliseconds, { action, subject });
  if (event?.kind === "done") return;
  if (event) return void judgeEnd(event, program, 0);
  const late = performance.now() - begun >= milliseconds;
  throw new SmolvmError("guest", {
    action,
    subject,
    reason: late
      ? `the machine did not answer within ${milliseconds / 1000} s`
      : "the machine ended meanwhile",
    remedy: "see smolvm microvm status, and smolvm microvm logs --console",
  });
}
