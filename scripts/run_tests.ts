/**
 * `run_tests.ts [SUITE…] [FILE…]` runs test suites, or some of their files, and closes with one line over all
 * of them, `N passed, N failed`. Unit and contract tests run in one process each; every other file in a
 * process of its own, two at a time; the files of a krun suite in the lab where this processor runs no VMs.
 * (The name is not test.ts, because `deno test` would take that for a test.)
 *
 * @module
 */
import { hostVirtualization, probeVirtualization } from "../src/engine/krun/kvm.ts";
import { runFile } from "./tests/file_run.ts";
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

/** A job with where it runs and how it ended. */
interface Ended {
  readonly job: Job;
  readonly end: JobEnd;
}

/** Runs jobs here or in labs. */
type Runner = (jobs: readonly Job[], atOnce: number) => Promise<JobEnd[]>;

/** Runs jobs on this machine. */
async function runHere(jobs: readonly Job[], atOnce: number): Promise<JobEnd[]> {
  const progress = new Progress(jobs.length);
  return await runJobs(jobs, atOnce, async (job) => {
    progress.begin(job);
    const report = `.cache/report-${job.suite}-${job.file.replaceAll("/", "-")}.xml`;
    const { end, output } = await runFile(job, report);
    progress.end(job, end, output);
    return end;
  });
}

/** Those that want the machine to themselves run last; what fails in a VM gets a second try, alone. */
async function runFiles(jobs: readonly Job[], run: Runner): Promise<FileEnd[]> {
  const alone = (job: Job): boolean => aloneFiles[job.file] !== undefined;
  const ends: Ended[] = [];
  for (
    const [some, atOnce] of [[jobs.filter((job) => !alone(job)), AT_ONCE], [jobs.filter(alone), 1]] as const
  ) {
    const some_ends = await run(some, atOnce);
    ends.push(...some_ends.map((end, index) => ({ job: some[index] as Job, end })));
  }
  const again = ends.filter(({ job, end }) => engineOf(job.suite) !== undefined && needsSecondTry(end));
  for (const { job, end } of again) console.log(announcement(job.file, failedNames(end)));
  const seconds = await run(
    again.map(({ job, end }) => ({ ...job, only: end.whole ? failedNames(end) : [] })),
    1,
  );
  const second = new Map(again.map(({ job }, index) => [job, seconds[index]]));
  return ends.map(({ job, end }) => {
    const other = second.get(job);
    const results = resultsOf(job.file, other ? mergeTries(end, other) : end);
    return { suite: job.suite, file: job.file, results, seconds: end.seconds };
  });
}

function jobsOf(suite: SuiteName): Job[] {
  const files = suiteFolders(suite, listFolders()).flatMap(testFiles);
  return files.map((file) => ({ suite, file, only: [] }));
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
  const native = probeVirtualization(hostVirtualization()).usable;
  const jobs = suites.filter((name) => name !== "unit" && name !== "contract").flatMap(jobsOf)
    .filter(({ file }) => only.length === 0 || only.includes(file));
  const inLab = (job: Job): boolean => !native && engineOf(job.suite) === "krun";
  ends.push(...await runFiles(jobs.filter((job) => !inLab(job)), runHere));
  const labs: Runner = (some, atOnce) => runInLabs(some, atOnce, new Progress(some.length));
  ends.push(...await runFiles(jobs.filter(inLab), labs));
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
