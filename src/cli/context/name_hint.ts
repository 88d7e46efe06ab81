/**
 * What is said to a person who names a machine as Docker's exec does, in front of the command.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";

/** Exit code of a command that was not found. */
const NOT_FOUND = 127;

/**
 * Adds the hint where it is due: the program was not found, and a machine has its name.
 *
 * @param word the first word of the command
 * @param isMachine whether a machine has that name
 * @returns the error to throw
 */
export async function withNameHint(
  error: unknown,
  word: string | undefined,
  isMachine: (name: string) => Promise<boolean>,
): Promise<unknown> {
  if (!(error instanceof SmolvmError) || error.exitCode !== NOT_FOUND || word === undefined) return error;
  if (!await isMachine(word).catch(() => false)) return error;
  const { kind, action, subject, reason, exitCode, cause } = error;
  const remedy = `did you mean --name ${word}?`;
  return new SmolvmError(kind, { action, subject, reason, remedy, exitCode, cause });
}
