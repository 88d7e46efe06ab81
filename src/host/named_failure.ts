/**
 * A failure of a file that the user knows nothing of, a lock or a database, as one of what the user named. Pure.
 *
 * @module
 */
import { type ErrorWords, SmolvmError } from "../error.ts";

/**
 * The failure in the user's words: `cannot delete the machine web: cannot take the lock: permission is denied`.
 *
 * @param cause what was thrown; only a {@linkcode SmolvmError} of kind `state` is put in other words
 * @param words what the user wanted, and of what
 * @returns what to throw
 */
export function namedFailure(cause: unknown, words: Pick<ErrorWords, "action" | "subject">): unknown {
  if (!(cause instanceof SmolvmError) || cause.kind !== "state") return cause;
  const { action, reason, remedy } = cause;
  return new SmolvmError("state", { ...words, reason: `cannot ${action}: ${reason}`, remedy, cause });
}
