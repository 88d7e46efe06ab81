/**
 * The second try of tests in VMs. A machine that is emulated, on a host that has other work too, misses
 * deadlines now and then: the file of what failed is run once more, alone and whole, because its tests share a
 * machine. What the first try had said is kept, so that a race is not hidden by the second. Pure.
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

/** The lines that say which file is tried again, and which tests for. */
export function announcement(file: string, names: readonly string[]): string {
  return [`# second try, alone: ${file}`, ...names.map((name) => `#   ${name}`)].join("\n");
}

/**
 * Arguments of deno that run tests, before the files.
 *
 * @param report where the JUnit report goes
 */
export function testArguments(report: string): string[] {
  return ["test", "--allow-all", "--permit-no-files", `--junit-path=${report}`];
}
