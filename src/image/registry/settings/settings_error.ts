/**
 * The error about a file of registries' settings, which always names the file. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../../error.ts";

/**
 * An error about a settings file.
 *
 * @param file its path
 * @param fault `line` begins with 1, where it is known
 */
export function settingsError(
  file: string,
  fault: { line?: number | undefined; reason: string; remedy?: string; cause?: unknown },
): SmolvmError {
  const { line, reason, remedy = "correct the file", cause } = fault;
  return new SmolvmError("registry", {
    action: "use the registries' settings in",
    subject: file,
    reason: line === undefined ? reason : `line ${line}: ${reason}`,
    remedy,
    cause,
  });
}
