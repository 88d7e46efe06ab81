/**
 * Runs test suites and closes with one line, `N passed, N failed`, over all of them. (It is not named
 * test.ts, because `deno test` would take it for a test.)
 *
 * @module
 */
import { countReport, type TestCount } from "./tests/report.ts";
import { suiteFolders, type SuiteName, suiteNames } from "./tests/suites.ts";

/** Runs one suite in a process of its own; a suite that cannot even be loaded is one failure. */
async function runSuite(name: SuiteName): Promise<TestCount> {
  const folders = suiteFolders(name, listFolders());
  if (folders.length === 0) return { passed: 0, failed: 0 };
  console.log(`# ${name} tests: ${folders.join(" ")}`);
  const report = await Deno.makeTempFile({ prefix: "smolvm-tests-", suffix: ".xml" });
  try {
    const args = ["test", "--allow-all", "--permit-no-files", `--junit-path=${report}`, ...folders];
    const status = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn().status;
    const count = countReport(await Deno.readTextFile(report));
    return status.success || count.failed > 0 ? count : { ...count, failed: 1 };
  } finally {
    await Deno.remove(report);
  }
}

function listFolders(): string[] {
  const below = (folder: string): string[] =>
    [...Deno.readDirSync(folder)].filter((entry) => entry.isDirectory).map((entry) => entry.name);
  return ["src", "agent", "scripts", ...below("tests").map((name) => `tests/${name}`)];
}

const wanted = Deno.args.length > 0 ? Deno.args : suiteNames;
const unknown = wanted.find((name) => !suiteNames.some((known) => known === name));
if (unknown !== undefined) {
  console.error(`test: no suite ${unknown}; there are: ${suiteNames.join(", ")}`);
  Deno.exit(2);
}
let [passed, failed] = [0, 0];
for (const name of suiteNames) {
  if (!wanted.includes(name)) continue;
  const count = await runSuite(name);
  passed += count.passed;
  failed += count.failed;
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
