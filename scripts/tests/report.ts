/**
 * Reads the JUnit report of `deno test`. Pure.
 *
 * @module
 */

/** How many tests passed and failed; those that were ignored are neither. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts the tests of a report.
 *
 * @param xml what `deno test --junit-path` wrote; empty text when it ended before any test
 */
export function countReport(xml: string): TestCount {
  const totals = /<testsuites\b([^>]*)>/.exec(xml)?.[1] ?? "";
  const total = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(totals)?.[1] ?? 0);
  const failed = total("failures") + total("errors");
  const ignored = xml.match(/<skipped\b/g)?.length ?? 0;
  return { passed: total("tests") - failed - ignored, failed };
}
