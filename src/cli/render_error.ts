/**
 * Turns an error into the one line a user reads, and into the exit code. The only place that composes
 * words from an error's fields. Pure.
 *
 * @module
 */
import { plainText } from "../engine/console.ts";
import { SmolvmError } from "../error.ts";

/** What is shown and returned. */
export interface RenderedError {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Renders an error: `cannot ACTION SUBJECT: REASON; REMEDY`. Anything that is not ours is a defect of
 * smolvm, and says so.
 */
export function renderError(error: unknown): RenderedError {
  if (!(error instanceof SmolvmError)) {
    const detail = error instanceof Error ? error.message : String(error);
    const text = `internal error: ${detail}; run with SMOLVM_LOG=debug and report what it prints`;
    return { text: plainText(text), exitCode: 125 };
  }
  const subject = error.subject === undefined || error.subject === "" ? "" : ` ${error.subject}`;
  const remedy = error.remedy === undefined || error.remedy === "" ? "" : `; ${error.remedy}`;
  return {
    text: plainText(`cannot ${error.action}${subject}: ${error.reason}${remedy}`),
    exitCode: error.exitCode,
  };
}
