/**
 * `run_tests.ts [SUITE…] [FILE…]` runs test suites, or some of their files, and closes with one line over all
 * of them, `N passed, N failed`. Unit and contract tests run in one process each; every other file in a
 * process of its own, two at a time; the files of a krun suite in the lab where this processor runs no VMs.
 * (The name is not test.ts, because `deno test` would take that for a test.)
 *
 * @module
 */
import { hostVirtualization, probeVirtualization } from "../src/engine/krun/kvm.ts";
import { saveTemplates, unpackParts } from "../tests/harness/parts.ts";
import { BINARY } from "../tests/harness/smolvm.ts";
import { checkTypes, runFile } from "./tests/file_run.ts";
import { type Job, type JobEnd, Progress, runJobs } from "./tests/jobs.ts";
import { runInLabs } from "./tests/lab_run.ts";
import { runTogether } from "./tests/together.ts";
import { countResults, resultsOf } from "./tests/results.ts";
import { announcement, failedNames, mergeTries, needsSecondTry } from "./tests/second_try.ts";
import { aloneFiles, chosenSuites, engineOf, suiteFolders, type SuiteName } from "./tests/suites.ts";
import { failures, type FileEnd, retried, sideBySide, slowest } from "./tests/summary.ts";
import { recordTries, triesOf, weekOf } from "./tests/try_record.ts";

/** How many files, or labs, run at a time: each keeps about one processor busy. */
const AT_ONCE = Math.min(2, Math.max(1, navigator.hardwareConcurrency));

/** Runs jobs, so many at a time. */
type Runner = (jobs: readonly Job[], atOnce: number) => Promise<JobEnd[]>;

/** Runs jobs on this machine; those that want the machine to themselves run last. */
function here(parts: string): Runner {
  return async (jobs, atOnce) => {
    const progress = new Progress(jobs.length);
    const ends = new Map<Job, JobEnd>();
    const run = async (job: Job): Promise<void> => {
      progress.begin(job);
      const report = `.cache/report-${job.suite}-${job.file.replaceAll("/", "-")}.xml`;
      const { end, output } = await runFile(job, report, parts);
      progress.end(job, end, output);
      ends.set(job, end);
    };
    const alone = (job: Job): boolean => aloneFiles[job.file] !== undefined;
    await runJobs(jobs.filter((job) => !alone(job)), atOnce, run);
    await runJobs(jobs.filter(alone), 1, run);
    return jobs.map((job) => ends.get(job) as JobEnd);
  };
}

/** Runs jobs in labs. */
function inLabs(parts: string): Runner {
  return (jobs, atOnce) => runInLabs(jobs, atOnce, { parts, progress: new Progress(jobs.length) });
}

/** What fails in a VM gets a second try, alone. */
async function runFiles(jobs: readonly Job[], run: Runner): Promise<FileEnd[]> {
  const first = await run(jobs, AT_ONCE);
  const ends = new Map(jobs.map((job, index) => [job, first[index] as JobEnd]));
  const again = [...ends].filter(([{ suite }, end]) => engineOf(suite) !== undefined && needsSecondTry(end));
  for (const [{ file }, end] of again) console.log(announcement(file, failedNames(end)));
  const second = await run(again.map(([job]) => job), 1);
  const merged = new Map(
    again.map(([job, end], index) => [job, mergeTries(end, second[index] as JobEnd)]),
  );
  return [...ends].map(([job, end]) => {
    const results = resultsOf(job.file, merged.get(job) ?? end);
    return { suite: job.suite, file: job.file, results, seconds: end.seconds };
  });
}

function jobsOf(suite: SuiteName): Job[] {
  const files = suiteFolders(suite, listFolders()).flatMap(testFiles);
  return files.map((file) => ({ suite, file }));
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

/** @param only test files with a process of their own that are to run; all when empty */
async function runAll(suites: readonly SuiteName[], only: readonly string[]): Promise<FileEnd[]> {
  const ends: FileEnd[] = [];
  for (const suite of suites.filter((name) => name === "unit" || name === "contract")) {
    ends.push(...await runTogether(suite, suiteFolders(suite, listFolders())));
  }
  const native = probeVirtualization(hostVirtualization(Deno.execPath())).usable;
  const jobs = suites.filter((name) => name !== "unit" && name !== "contract").flatMap(jobsOf)
    .filter(({ file }) => only.length === 0 || only.includes(file));
  const inLab = (job: Job): boolean => !native && engineOf(job.suite) === "krun";
  const [first] = jobs;
  if (first === undefined) return ends;
  const failure = await checkTypes();
  if (failure !== undefined) {
    const results = [{ name: "types fit", passed: false, seconds: 0, failure }];
    return [...ends, { suite: first.suite, file: "tests", results, seconds: 0 }];
  }
  const parts = await Deno.makeTempDir({ prefix: "smolvm-parts-" });
  try {
    await unpackParts(BINARY, parts);
    if (jobs.some((job) => !inLab(job) && engineOf(job.suite) === "qemu")) await saveTemplates(BINARY, parts);
    ends.push(...await runFiles(jobs.filter((job) => !inLab(job)), here(parts)));
    ends.push(...await runFiles(jobs.filter(inLab), inLabs(parts)));
  } finally {
    await Deno.remove(parts, { recursive: true });
  }
  return ends;
}

async function main(): Promise<number> {
  const begun = Date.now();
  const isFile = (word: string): boolean => word.endsWith("_test.ts");
  const suites = chosenSuites(Deno.args.filter((word) => !isFile(word)));
  const ends = await runAll(suites, Deno.args.filter(isFile));
  const tries = await recordTries(".cache/second-tries.jsonl", triesOf(ends, new Date()));
  const sections = [
    sideBySide(ends, suites.filter((name) => engineOf(name) !== undefined)),
    weekOf(tries, new Date()),
    slowest(ends),
    retried(ends),
    failures(ends),
  ];
  for (const line of sections.flat()) console.log(line);
  console.log(`# ${((Date.now() - begun) / 60_000).toFixed(1)} minutes`);
  const { passed, failed } = countResults(ends.flatMap(({ results }) => results));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

try {
  Deno.exit(await main());
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`test: ${error.message}`);
  Deno.exit(2);
}
