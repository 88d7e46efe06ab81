/**
 * The results of the same tests on both engines, beside each other. Pure.
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
  /** What it said the first time, when this is how a second try ended. */
  readonly firstFailure?: string;
}

/** Reads the tests of a JUnit report, as `deno test --junit-path` writes it; ignored ones are left out. */
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

/** The files of which a report has no test: they could not be loaded. */
export function missingFiles(xml: string, files: readonly string[]): string[] {
  const suites = [...xml.matchAll(/<testsuite\b([^>]*)>/g)];
  const read = new Set(
    suites.map(([, attributes = ""]) => attribute(attributes, "name").replace(/^\.\//, "")),
  );
  return files.filter((file) => !read.has(file));
}

/** A heading, and a line for each test of either engine. */
export function sideBySide(engines: readonly { name: string; results: readonly TestResult[] }[]): string[] {
  const names = [...new Set(engines.flatMap(({ results }) => results.map(({ name }) => name)))];
  const heading = engines.map(({ name }) => name.padEnd(16)).join("");
  return [
    heading + "test",
    ...names.map((name) =>
      engines.map(({ results }) => cell(results.find((one) => one.name === name)).padEnd(16)).join("") + name
    ),
  ];
}

/** The failed tests of a suite, each with the first lines of what it said. */
export function failures(suite: string, results: readonly TestResult[], lines = 20): string[] {
  return results.filter(({ passed }) => !passed).flatMap(({ name, failure = "" }) => [
    `# failed, ${suite}: ${name}`,
    ...quote(failure, lines),
  ]);
}

/** The tests of a suite that passed at their second try, each with the first lines of what it said before. */
export function retried(suite: string, results: readonly TestResult[], lines = 8): string[] {
  return results.flatMap(({ name, passed, firstFailure }) =>
    passed && firstFailure !== undefined
      ? [`# passed at the second try, ${suite}: ${name}`, ...quote(firstFailure, lines)]
      : []
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

function attribute(attributes: string, name: string): string {
  const [, value = ""] = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes) ?? [];
  return unescape(value);
}

function unescape(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replaceAll(/&(\w+);/g, (all, entity: string) => entities[entity] ?? all);
}
