/**
 * Turns an error into the one line a user reads, and into the exit code. Pure.
 *
 * @module
 */
import { plainText } from "../../text/plain_text.ts";
import { sentence, SmolvmError } from "../../error.ts";
import { systemWords } from "../../host/system_words.ts";

/** What is shown and returned. */
export interface RenderedError {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Renders an error: `cannot ACTION SUBJECT: REASON; REMEDY`. An error of another class is a defect of
 * smolvm, and the line says so.
 */
export function renderError(error: unknown): RenderedError {
  if (!(error instanceof SmolvmError)) {
    const detail = error instanceof Error ? error.message : String(error);
    const text = `internal error: ${detail}; run with SMOLVM_LOG=debug and report what it prints`;
    return { text: plainText(text), exitCode: 125 };
  }
  const { action, subject, exitCode } = error;
  return { text: plainText(sentence({ action, subject, ...wordsOf(error) })), exitCode };
}

/** A reason that is just what the system said, such as a full disk, is put in words, with what helps. */
function wordsOf(error: SmolvmError): { readonly reason: string; readonly remedy?: string | undefined } {
  const { reason, remedy, cause } = error;
  if (!(cause instanceof Error) || cause.message !== reason) return { reason, remedy };
  const words = systemWords(cause);
  return words ? { reason: words.reason, remedy: remedy ?? words.remedy } : { reason, remedy };
}
