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
}

/** Reads the tests of a JUnit report, as `deno test --junit-path` writes it; ignored ones are left out. */
export function readResults(xml: string): TestResult[] {
  const cases = xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs);
  return [...cases].flatMap(([, attributes = "", body = ""]) => {
    if (body.includes("<skipped")) return [];
    const passed = !/<(failure|error)\b/.test(body);
    return [{ name: attribute(attributes, "name"), passed, seconds: Number(attribute(attributes, "time")) }];
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

function cell(result: TestResult | undefined): string {
  if (!result) return "-";
  return `${result.passed ? "ok" : "FAILED"} ${result.seconds.toFixed(1)} s`;
}

function attribute(attributes: string, name: string): string {
  const [, value = ""] = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes) ?? [];
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return value.replaceAll(/&(\w+);/g, (all, entity: string) => entities[entity] ?? all);
}
