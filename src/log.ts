/**
 * Debug log of one process: a line on stderr per step with the milliseconds since the process began, only
 * when SMOLVM_LOG=debug. Errors and notices for people are the CLI's, not this file's.
 *
 * @module
 */

// Unlike get(), toObject() leaves out a value that is not UTF-8 and does not throw.
const { SMOLVM_LOG, SMOLVM_STEPS } = Deno.env.toObject();
const enabled = SMOLVM_LOG === "debug";
const encoder = new TextEncoder();

/** Whether debug lines are wanted; lets a caller skip work that only feeds the log. */
export function debugEnabled(): boolean {
  return enabled;
}

/** Whether each session is to be told step by step, for `deno task bench:steps` (SMOLVM_STEPS). */
export function stepsWanted(): boolean {
  return SMOLVM_STEPS !== undefined;
}

/**
 * Writes `+12.3ms step key=value …` to stderr when SMOLVM_LOG=debug.
 *
 * @param step what was reached, in a few words: `vmm started`, `agent ready`
 * @param fields facts about it; values are written as JSON
 */
export function debug(step: string, fields: Readonly<Record<string, unknown>> = {}): void {
  if (!enabled) return;
  const facts = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join("");
  Deno.stderr.writeSync(encoder.encode(`+${performance.now().toFixed(1)}ms ${step}${facts}\n`));
}
