/**
 * Runs test files in labs (scripts/lab.sh), one lab a file and a lab for each processor at a time: a lab with
 * one emulated processor keeps one of ours busy. What fails there gets a second try (second_try.ts), and so
 * does a file whose lab died: its kernel, or the emulator, may.
 *
 * @module
 */
import {
  announcement,
  failedNames,
  mergeTries,
  needsSecondTry,
  testArguments,
  type TestRun,
} from "./second_try.ts";
import { readResults, type TestResult } from "./side_by_side.ts";

/** What the lab is slower by, as far as tests wait for something. */
const SLOWNESS = 8;

/** How long the lab may take for a file, in seconds. */
const SECONDS = 1_200;

/** Memory of a lab, in MiB: the VMs of one file, and the files they unpack. */
const MEMORY = 3_072;

/** Exit code of lab.sh when the lab itself failed. */
const LAB_FAILED = 125;

/**
 * Runs files.
 *
 * @param files paths of test files
 * @param env what they are run with, beside the lab's own variables
 * @returns a result for each test; a file that cannot be run to its end is a failure of its own name
 */
export async function runInLabs(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<TestResult[]> {
  const waiting = [...files];
  const first = new Map<string, TestRun>();
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      first.set(file, await runFile(file, env));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, navigator.hardwareConcurrency) }, worker));
  const results: TestResult[] = [];
  for (const file of files) {
    const run = first.get(file) ?? { results: [], whole: false };
    results.push(...resultsOf(file, needsSecondTry(run) ? await secondTry(file, run, env) : run));
  }
  return results;
}

/** A file whose run was cut off is one failure more. Pure. */
export function resultsOf(file: string, { results, whole }: TestRun): TestResult[] {
  return whole ? [...results] : [...results, {
    name: `${file} runs to its end`,
    passed: false,
    seconds: 0,
    failure: "the lab was ended or died before: see above",
  }];
}

async function secondTry(
  file: string,
  before: TestRun,
  env: Readonly<Record<string, string>>,
): Promise<TestRun> {
  const failed = failedNames(before);
  console.log(announcement(file, failed));
  const after = await runFile(file, env, before.whole ? failed : []);
  return mergeTries(before, after);
}

/** @param only names of the tests to run; all when empty */
async function runFile(
  file: string,
  env: Readonly<Record<string, string>>,
  only: readonly string[] = [],
): Promise<TestRun> {
  const report = `.cache/report-lab-${file.replaceAll("/", "-")}.xml`;
  await Deno.writeTextFile(report, "");
  const { code, stdout, stderr } = await new Deno.Command("scripts/lab.sh", {
    args: [Deno.execPath(), ...testArguments(report, only), file],
    env: {
      ...env,
      SMOLVM_TEST_SLOWNESS: `${SLOWNESS}`,
      LAB_SECONDS: `${SECONDS}`,
      LAB_MEMORY: `${MEMORY}`,
      LAB_CPUS: "1",
    },
    stdin: "null",
  }).output();
  for (const output of [stdout, stderr]) Deno.stdout.writeSync(output);
  const results = readResults(await Deno.readTextFile(report));
  // A file all of whose tests are ignored has no results, and nothing failed.
  const ended = code !== LAB_FAILED && code !== 124;
  return { results, whole: ended && (results.length > 0 || code === 0) };
}
