/**
 * The second try of tests in VMs. A machine that is emulated, on a host that has other work too, misses
 * deadlines now and then: what failed is run once more, alone. What the first try had said is kept, so that
 * a race is not hidden by the second. Pure.
 *
 * @module
 */
import type { TestResult, TestRun } from "./results.ts";

/** Whether there is something to try again. */
export function needsSecondTry(run: TestRun): boolean {
  return !run.whole || failedNames(run).length > 0;
}

/** Names of the tests that failed. */
export function failedNames({ results }: TestRun): string[] {
  return results.filter(({ passed }) => !passed).map(({ name }) => name);
}

/** What passed the first time counts; what did not is what the second time says. */
export function mergeTries(before: TestRun, after: TestRun): TestRun {
  const again = new Map(after.results.map((result) => [result.name, result]));
  const decide = (first: TestResult): TestResult => {
    const second = first.passed ? undefined : again.get(first.name);
    return second ? { ...second, firstFailure: first.failure ?? "" } : first;
  };
  const known = new Set(before.results.map(({ name }) => name));
  return {
    results: [...before.results.map(decide), ...after.results.filter(({ name }) => !known.has(name))],
    whole: before.whole || after.whole,
  };
}

/** The line that says what is tried again, and of it which tests; the whole of it when there are none. */
export function announcement(what: string, names: readonly string[]): string {
  return [`# second try, alone: ${what}`, ...names.map((name) => `#   ${name}`)].join("\n");
}

/**
 * Arguments of deno that run tests, before the files.
 *
 * @param report where the JUnit report goes
 * @param only names of the tests to run; all when empty
 */
export function testArguments(report: string, only: readonly string[]): string[] {
  const words = ["test", "--allow-all", "--permit-no-files", `--junit-path=${report}`];
  if (only.length === 0) return words;
  const patterns = only.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return [...words, "--filter", `/^(${patterns.join("|")})$/`];
}
