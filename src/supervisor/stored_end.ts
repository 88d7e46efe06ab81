/**
 * What is stored of how a command ended, for a machine as for a container. Pure.
 *
 * @module
 */
import type { RunEnd } from "../machines/run_end.ts";
import { exitCodeOf } from "../session/outcome.ts";
import type { CommandEnd, FailedEvent } from "./command.ts";

/** The end of a run without its time. */
export type StoredEnd = Omit<RunEnd, "at">;

/**
 * Judges an end.
 *
 * @param end what the command's session told; `undefined`: nothing, or there was no command
 * @param failure why the VM, and not the command, failed
 */
export function storedEnd(end: CommandEnd, failure?: string): StoredEnd {
  if (end?.kind === "failed") return { exitCode: end.exitCode, failure: failedWords(end) };
  if (end?.outOfMemory) return { exitCode: exitCodeOf(end), failure: "its command ran out of memory" };
  return { exitCode: end ? exitCodeOf(end) : null, ...(failure !== undefined && { failure }) };
}

/** Why a command never ran, in one clause. */
export function failedWords({ subject, reason }: FailedEvent): string {
  return subject === "" ? reason : `${subject}: ${reason}`;
}
