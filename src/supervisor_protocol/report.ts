/**
 * The one line that a supervisor writes for whoever started it: the machine runs, or why it does not.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../error.ts";

const reportSchema = v.union([
  v.object({ ready: v.literal(true) }),
  v.object({
    action: v.string(),
    subject: v.string(),
    reason: v.string(),
    remedy: v.string(),
    exitCode: v.number(),
  }),
]);

/** What the line says: `ready`, or the fields of the error that ended the start. */
export type Report = v.InferInput<typeof reportSchema>;

/** The report of a start that failed. */
export type Failure = Exclude<Report, { ready: true }>;

/** The line of a report, without a line feed. */
export function reportLine(report: Report): string {
  return JSON.stringify(report);
}

/**
 * The report of an error.
 *
 * @param name the machine's
 */
export function failureOf(name: string, error: unknown): Failure {
  if (!(error instanceof SmolvmError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return { action: "start the machine", subject: name, reason, remedy: "", exitCode: 125 };
  }
  const { action, subject = "", reason, remedy = "", exitCode } = error;
  return { action, subject, reason, remedy, exitCode };
}

/**
 * Judges the line that came.
 *
 * @param name the machine's
 * @throws {SmolvmError} kind `guest` when the machine does not run
 */
export function judgeReport(name: string, line: string): void {
  const result = v.safeParse(reportSchema, parsed(line));
  if (!result.success) {
    throw new SmolvmError("guest", {
      action: "start the machine",
      subject: name,
      reason: "the machine's supervisor ended before its VM was up",
      remedy: `look at smolvm microvm logs --console ${name}`,
    });
  }
  if (!("ready" in result.output)) throw new SmolvmError("guest", result.output);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
