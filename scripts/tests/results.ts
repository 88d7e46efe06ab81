/**
 * How tests ended, as the JUnit report of `deno test --junit-path` tells it. Pure.
 *
 * @module
 */

/** How a test ended. */
export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  /** What a failed one said. */
  readonly failure?: string;
  /** What the test said the first time, when this is how a second try ended. */
  readonly firstFailure?: string;
}

/** How a run of tests ended. */
export interface TestRun {
  readonly results: readonly TestResult[];
  /** Whether every test was run to its end. */
  readonly whole: boolean;
}

/** Reads the tests of a report; ignored ones are left out. */
export function readResults(xml: string): TestResult[] {
  const cases = xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs);
  return [...cases].flatMap(([, attributes = "", body = ""]): TestResult[] => {
    if (body.includes("<skipped")) return [];
    const [, , message, failure] = /<(failure|error)\b([^>]*?)(?:\/>|>(.*?)<\/\1>)/s.exec(body) ?? [];
    const seconds = Number(attribute(attributes, "time"));
    const name = attribute(attributes, "name");
    if (message === undefined) return [{ name, passed: true, seconds }];
    return [{ name, passed: false, seconds, failure: unescape(failure || attribute(message, "message")) }];
  });
}

/** The tests of a report, file by file: paths from the project's root. */
export function readFiles(xml: string): Map<string, TestResult[]> {
  const suites = xml.matchAll(/<testsuite\b([^>]*?)(?:\/>|>(.*?)<\/testsuite>)/gs);
  return new Map([...suites].map(([, attributes = "", body = ""]) => [
    attribute(attributes, "name").replace(/^\.\//, ""),
    readResults(body),
  ]));
}

/** Adds a failure named after the file when its tests were not run to their end. */
export function resultsOf(file: string, { results, whole }: TestRun): TestResult[] {
  if (whole) return [...results];
  const failure = "the file could not be loaded, or its run was cut off: its output is above";
  return [...results, { name: `${file} runs to its end`, passed: false, seconds: 0, failure }];
}

/** How many tests passed and failed. */
export function countResults(results: readonly TestResult[]): { passed: number; failed: number } {
  const passed = results.filter((result) => result.passed).length;
  return { passed, failed: results.length - passed };
}

function attribute(attributes: string, name: string): string {
  const [, value = ""] = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes) ?? [];
  return unescape(value);
}

function unescape(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replaceAll(/&(\w+);/g, (all, entity: string) => entities[entity] ?? all);
}
