/**
 * Runs test suites and closes with one line, `N passed, N failed`, over all of them. What needs a VM runs on
 * both engines: krun natively where the processor can, else in the lab. (It is not named test.ts, because
 * `deno test` would take it for a test.)
 *
 * @module
 */
import { hostVirtualization, probeVirtualization } from "../src/engine/krun/kvm.ts";
import { runInLabs } from "./tests/lab_run.ts";
import { announcement, failedNames, mergeTries, testArguments, type TestRun } from "./tests/second_try.ts";
import {
  failures,
  missingFiles,
  readResults,
  retried,
  sideBySide,
  type TestResult,
} from "./tests/side_by_side.ts";
import { chosenSuites, labFiles, notInLab, suiteFolders, type SuiteName } from "./tests/suites.ts";

interface SuiteEnd {
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly TestResult[];
}

/** Runs one suite. */
async function runSuite(name: SuiteName): Promise<SuiteEnd> {
  const folders = suiteFolders(name, listFolders());
  if (name !== "krun" || probeVirtualization(hostVirtualization()).usable) {
    return await runHere(name, folders);
  }
  const all = folders.flatMap(testFiles);
  const files = Deno.args.includes(name) ? all : labFiles(all);
  for (const { name: left, reason } of files.length < all.length ? notInLab : []) {
    console.log(`# not in the lab: ${all.filter((file) => left.test(file)).join(" ")}: ${reason}`);
  }
  console.log(`# krun tests, in the lab: ${files.join(" ")}`);
  const results = await runInLabs(files, { SMOLVM_ENGINE: name });
  return { ...countResults(results), results };
}

/** Runs a suite here; what fails in a VM gets a second try. One that cannot even be loaded is one failure. */
async function runHere(name: SuiteName, folders: readonly string[]): Promise<SuiteEnd> {
  console.log(`# ${name} tests: ${folders.join(" ")}`);
  let run = await runOnce(name, folders);
  const failed = failedNames(run);
  if (inVms(name) && run.whole && failed.length > 0) {
    console.log(announcement(folders.join(" "), failed));
    run = mergeTries(run, await runOnce(name, folders, failed));
  }
  const count = countResults(run.results);
  return { ...count, failed: count.failed + (run.whole ? 0 : 1), results: run.results };
}

/** Runs tests in a process of its own. @param only names of the tests; all when empty */
async function runOnce(
  name: SuiteName,
  folders: readonly string[],
  only: readonly string[] = [],
): Promise<TestRun> {
  const report = `.cache/report-${name}.xml`;
  await Deno.writeTextFile(report, "");
  const status = await new Deno.Command(Deno.execPath(), {
    args: [...testArguments(report, only), ...folders],
    env: inVms(name) ? { SMOLVM_ENGINE: name } : {},
    stdin: "null",
  }).spawn().status;
  const xml = await Deno.readTextFile(report);
  const results = readResults(xml);
  const unread = missingFiles(xml, folders.flatMap(testFiles));
  return { results, whole: status.success || (unread.length === 0 && results.some(({ passed }) => !passed)) };
}

/** Whether a suite is named after the engine that its VMs run on. */
function inVms(name: SuiteName): boolean {
  return name === "qemu" || name === "krun";
}

function countResults(results: readonly TestResult[]): { passed: number; failed: number } {
  const passed = results.filter((result) => result.passed).length;
  return { passed, failed: results.length - passed };
}

function testFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith("_test.ts"))
    .map(({ name }) => `${folder}/${name}`).sort();
}

function listFolders(): string[] {
  const below = (folder: string): string[] =>
    [...Deno.readDirSync(folder)].filter((entry) => entry.isDirectory).map((entry) => entry.name);
  return ["src", "agent", "scripts", ...below("tests").map((name) => `tests/${name}`)];
}

async function main(): Promise<number> {
  const ends = new Map<SuiteName, SuiteEnd>();
  for (const name of chosenSuites(Deno.args)) ends.set(name, await runSuite(name));
  const engines = (["qemu", "krun"] as const).flatMap((name) => {
    const end = ends.get(name);
    return end ? [{ name, results: end.results }] : [];
  });
  if (engines.length > 1) { for (const line of sideBySide(engines)) console.log(line); }
  for (const [name, { results }] of ends) {
    for (const line of [...retried(name, results), ...failures(name, results)]) console.log(line);
  }
  const all = [...ends.values()];
  const failed = all.reduce((sum, end) => sum + end.failed, 0);
  console.log(`${all.reduce((sum, end) => sum + end.passed, 0)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

try {
  Deno.exit(await main());
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`test: ${error.message}`);
  Deno.exit(2);
}
