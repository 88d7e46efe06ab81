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
    ...failure.trim().split("\n").slice(0, lines).map((line) => `  ${line}`),
  ]);
}

function cell(result: TestResult | undefined): string {
  if (!result) return "-";
  return `${result.passed ? "ok" : "FAILED"} ${result.seconds.toFixed(1)} s`;
}

function attribute(attributes: string, name: string): string {
  const [, value = ""] = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes) ?? [];
  return unescape(value);
}

function unescape(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replaceAll(/&(\w+);/g, (all, entity: string) => entities[entity] ?? all);
}
