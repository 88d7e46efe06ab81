/**
 * Runs test suites and closes with one line, `N passed, N failed`, over all of them. What needs a VM runs on
 * both engines: krun natively where the processor can, else in the lab. (It is not named test.ts, because
 * `deno test` would take it for a test.)
 *
 * @module
 */
import { hostVirtualization, probeVirtualization } from "../src/engine/krun/kvm.ts";
import { countReport, type TestCount } from "./tests/report.ts";
import { readResults, sideBySide, type TestResult } from "./tests/side_by_side.ts";
import { chosenSuites, suiteFolders, type SuiteName } from "./tests/suites.ts";

/** What the lab is slower by, as far as tests wait for something. */
const LAB_SLOWNESS = 8;

/** How long the lab may take for a suite, in seconds. */
const LAB_SECONDS = 3_000;

/**
 * What runs in the lab when all suites do: everything there takes more than 50 minutes, and some tests of
 * machines that stay miss deadlines of theirs under the load (`deno task test:krun` runs them all).
 */
const LAB_FILES = ["tests/functional/run_test.ts", "tests/functional/doctor_test.ts"];

interface SuiteEnd extends TestCount {
  readonly results: readonly TestResult[];
}

/** Runs one suite in a process of its own; a suite that cannot even be loaded is one failure. */
async function runSuite(name: SuiteName): Promise<SuiteEnd> {
  const inLab = name === "krun" && !probeVirtualization(hostVirtualization()).usable;
  const folders = inLab && !Deno.args.includes(name) ? LAB_FILES : suiteFolders(name, listFolders());
  const report = `.cache/report-${name}.xml`;
  const words = ["test", "--allow-all", "--permit-no-files", `--junit-path=${report}`, ...folders];
  console.log(`# ${name} tests${inLab ? ", in the lab" : ""}: ${folders.join(" ")}`);
  await Deno.writeTextFile(report, "");
  const status = await new Deno.Command(inLab ? "scripts/lab.sh" : Deno.execPath(), {
    args: inLab ? [Deno.execPath(), ...words] : words,
    env: environment(name, inLab),
    stdin: "null",
  }).spawn().status;
  const xml = await Deno.readTextFile(report);
  const count = countReport(xml);
  return {
    ...(status.success || count.failed > 0 ? count : { ...count, failed: 1 }),
    results: readResults(xml),
  };
}

function environment(name: SuiteName, inLab: boolean): Record<string, string> {
  if (name !== "qemu" && name !== "krun") return {};
  if (!inLab) return { SMOLVM_ENGINE: name };
  return { SMOLVM_ENGINE: name, SMOLVM_TEST_SLOWNESS: `${LAB_SLOWNESS}`, LAB_SECONDS: `${LAB_SECONDS}` };
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
