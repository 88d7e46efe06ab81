/**
 * What a whole run of tests says at its end: both engines beside each other, the slowest files, what failed,
 * and what needed a second try. Pure.
 *
 * @module
 */
import type { TestResult } from "./results.ts";
import type { SuiteName } from "./suites.ts";

/** How the tests of one file ended in one suite. */
export interface FileEnd {
  readonly suite: SuiteName;
  readonly file: string;
  readonly results: readonly TestResult[];
  /** How long the file took, its second try left out. */
  readonly seconds: number;
}

/** A heading, and a line for each test that ran on more than one engine. */
export function sideBySide(ends: readonly FileEnd[], suites: readonly SuiteName[]): string[] {
  const rows = new Map<string, Map<SuiteName, TestResult>>();
  for (const { suite, results } of ends.filter((end) => suites.includes(end.suite))) {
    for (const result of results) {
      const row = rows.get(result.name) ?? new Map<SuiteName, TestResult>();
      rows.set(result.name, row.set(suite, result));
    }
  }
  const lines = [...rows].filter(([, row]) => row.size > 1).map(([name, row]) =>
    suites.map((suite) => cell(row.get(suite)).padEnd(16)).join("") + name
  );
  return lines.length === 0 ? [] : [suites.map((name) => name.padEnd(16)).join("") + "test", ...lines];
}

/** A heading, and a line for each of the slowest files. */
export function slowest(ends: readonly FileEnd[], count = 10): string[] {
  const sorted = ends.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);
  return [
    `# the ${sorted.length} slowest files`,
    ...sorted.map(({ suite, file, seconds, results }) =>
      `${seconds.toFixed(1).padStart(7)} s  ${suite.padEnd(10)}  ${file} (${results.length} tests)`
    ),
  ];
}

/** The failed tests, each with the first lines of what it said. */
export function failures(ends: readonly FileEnd[], lines = 20): string[] {
  return ends.flatMap(({ suite, file, results }) =>
    results.filter(({ passed }) => !passed).flatMap(({ name, failure = "" }) => [
      `# failed, ${suite}, ${file}: ${name}`,
      ...quote(failure, lines),
    ])
  );
}

/** The tests that passed at their second try, each with the first lines of what it said before. */
export function retried(ends: readonly FileEnd[], lines = 8): string[] {
  return ends.flatMap(({ suite, file, results }) =>
    results.flatMap(({ name, passed, firstFailure }) =>
      passed && firstFailure !== undefined
        ? [`# passed at the second try, ${suite}, ${file}: ${name}`, ...quote(firstFailure, lines)]
        : []
    )
  );
}

function quote(text: string, lines: number): string[] {
  return text.trim().split("\n").slice(0, lines).map((line) => `  ${line}`);
}

function cell(result: TestResult | undefined): string {
  if (!result) return "-";
  const end = result.passed ? result.firstFailure === undefined ? "ok" : "2nd try" : "FAILED";
  return `${end} ${result.seconds.toFixed(1)} s`;
}
