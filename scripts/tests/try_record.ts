/**
 * The record of second tries, a JSON line for each in .cache/second-tries.jsonl: a test that needs its second
 * try twice in a week is a bug, and one run's output does not show that.
 *
 * @module
 */
import type { FileEnd } from "./summary.ts";

/** One second try. */
export interface Try {
  /** ISO 8601 */
  readonly date: string;
  readonly suite: string;
  readonly file: string;
  readonly test: string;
  /** The first line of what the test had said. */
  readonly said: string;
}

/** How long a second try counts, in milliseconds: a week. */
const WEEK = 7 * 86_400_000;

/** The second tries of a run, those that failed too. Pure. */
export function triesOf(ends: readonly FileEnd[], date: Date): Try[] {
  return ends.flatMap(({ suite, file, results }) =>
    results.flatMap(({ name, firstFailure }) => {
      if (firstFailure === undefined) return [];
      const said = firstFailure.trim().split("\n")[0] ?? "";
      return [{ date: date.toISOString(), suite, file, test: name, said }];
    })
  );
}

/** A line for each test that needed a second try in the last week, the most frequent first. Pure. */
export function weekOf(tries: readonly Try[], now: Date): string[] {
  const recent = tries.filter(({ date }) => now.getTime() - Date.parse(date) < WEEK);
  const byTest = Map.groupBy(recent, ({ suite, file, test }) => `${suite}, ${file}: ${test}`);
  const rows = [...byTest].toSorted(([, a], [, b]) => b.length - a.length);
  if (rows.length === 0) return [];
  return [
    "# second tries of the last 7 days (.cache/second-tries.jsonl); a test that needs two is a bug",
    ...rows.map(([test, all]) => {
      const days = [...new Set(all.map(({ date }) => date.slice(0, 10)))].join(" ");
      return `${String(all.length).padStart(3)} ×  ${test} (${days})${all.length > 1 ? "  A BUG" : ""}`;
    }),
  ];
}

/** Adds tries to the record. @returns all that stand in the record then */
export async function recordTries(path: string, tries: readonly Try[]): Promise<Try[]> {
  const lines = tries.map((one) => `${JSON.stringify(one)}\n`).join("");
  await Deno.writeTextFile(path, lines, { append: true });
  return parseTries(await Deno.readTextFile(path));
}

/** A line that was cut off is left out. Pure. */
export function parseTries(text: string): Try[] {
  return text.split("\n").flatMap((line) => {
    try {
      const one = JSON.parse(line);
      return typeof one?.date === "string" && typeof one?.test === "string" ? [one as Try] : [];
    } catch {
      return [];
    }
  });
}
