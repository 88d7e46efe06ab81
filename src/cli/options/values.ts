/**
 * Reads the values of options. Pure; every refusal says what would be right.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";

/** Units of a duration, in milliseconds. */
const durations: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Units of a size, in bytes; powers of 1024, as disks are allocated. */
const sizes: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Longest duration, in milliseconds: a timer takes no more than 2^31-1, and callers add some patience. */
const LONGEST = 500 * 3_600_000;

/**
 * Reads a duration such as `30s`, `1h30m`, `500ms`, or a number of seconds.
 *
 * @returns milliseconds
 * @throws {SmolvmError} kind `usage`
 */
export function parseDuration(option: string, text: string): number {
  const milliseconds = Math.round(durationOf(option, text));
  if (milliseconds <= LONGEST) return milliseconds;
  throw refusal(option, text, "it is too long", "give at most 500h");
}

function durationOf(option: string, text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw refusal(option, text, "it is not a duration", "write it like 30s, 5m or 1h30m");
  }
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (durations[unit] ?? 0), 0);
}

/**
 * Reads a size such as `20G` or `512M`.
 *
 * @returns bytes
 * @throws {SmolvmError} kind `usage`
 */
export function parseSize(option: string, text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  if (number === undefined) throw refusal(option, text, "it is not a size", "write it like 20G or 512M");
  return Math.round(Number(number) * (sizes[unit.toLowerCase()] ?? 1));
}

/**
 * Reads a whole number within bounds.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseCount(
  option: string,
  text: string,
  bounds: { min: number; max: number; unit?: string },
): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= bounds.min && number <= bounds.max) return number;
  const unit = bounds.unit === undefined ? "" : ` ${bounds.unit}`;
  throw refusal(
    option,
    text,
    "it is out of bounds",
    `give a whole number from ${bounds.min} to ${bounds.max}${unit}`,
  );
}

/**
 * Reads one of some words.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw refusal(option, text, "there is no such choice", `give one of ${choices.join(", ")}`);
}

/**
 * Judges a word that is expected behind another: an option there would be taken for it.
 *
 * @param first what options have to come before
 * @throws {SmolvmError} kind `usage`
 */
export function refuseOption(word: string, first: string): void {
  if (!word.startsWith("-")) return;
  throw new SmolvmError("usage", {
    action: "use",
    subject: word,
    reason: `it stands behind ${first}, where no option is looked for`,
    remedy: `give options before ${first}`,
  });
}

/** Gathers the words of an option that may be given more than once. */
export function collect(word: string, words: string[]): string[] {
  return [...words, word];
}

function refusal(option: string, text: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: `use ${option}`, subject: JSON.stringify(text), reason, remedy });
}
