/**
 * Runs all test files of a suite without VMs in one process, several at a time; those that change what all
 * of a process share follow in a second process, one after the other.
 *
 * @module
 */
import { readFiles, resultsOf, type TestRun } from "./results.ts";
import { announcement, failedNames, mergeTries, testArguments } from "./second_try.ts";
import type { SuiteName } from "./suites.ts";
import type { FileEnd } from "./summary.ts";

/** How long a process may take, in milliseconds. All unit tests take 2 minutes on a machine with 2 cores. */
const DEADLINE = 900_000;

/**
 * Runs a suite. A process that several files share and that has to be cut off is run again, file by file, so
 * that the output ends with the name of the test that did not end.
 *
 * @param folders where the suite's files are, at any depth
 * @returns the ends of its files; when a process was cut off, or a file could not be loaded, one failure of
 * the suite's name too
 */
export async function runTogether(suite: SuiteName, folders: readonly string[]): Promise<FileEnd[]> {
  console.log(`# ${suite}: ${folders.join(" ")}`);
  const files = folders.flatMap(testFilesBelow).sort();
  const { apart = [], together = [] } = Object.groupBy(
    files,
    (file) => changesProcess(Deno.readTextFileSync(file)) ? "apart" : "together",
  );
  const first = await runProcess(suite, ["--parallel", ...together]) ?? await runAgain(suite, together);
  const tried = await tryAgain(suite, first, together);
  return [...tried, ...apart.length === 0 ? [] : await runProcess(suite, apart) ?? cutOff(suite)];
}

/** More failures than these are no accident of a busy machine. */
const FEW = 5;

/** A few tests that failed beside others, which share this host's kernel with them, run once more alone. */
async function tryAgain(
  suite: SuiteName,
  ends: readonly FileEnd[],
  files: readonly string[],
): Promise<readonly FileEnd[]> {
  const names = ends.flatMap(({ results }) => failedNames({ results, whole: true }));
  if (names.length === 0 || names.length > FEW) return ends;
  console.log(announcement(suite, names));
  const pattern = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|");
  const again = await runProcess(suite, ["--filter", `/^(${pattern})$/`, ...files]);
  return again === undefined ? ends : believeSecond(ends, again);
}

/** What passed at its second try counts as passed, and is told with what it had said at the first. Pure. */
export function believeSecond(ends: readonly FileEnd[], again: readonly FileEnd[]): FileEnd[] {
  const passed = again.flatMap(({ results }) => results.filter((one) => !failed(one)));
  return ends.map((end) => {
    const known = new Set(end.results.map(({ name }) => name));
    const second = passed.filter(({ name }) => known.has(name));
    const { results } = mergeTries({ results: end.results, whole: true }, { results: second, whole: true });
    return { ...end, results };
  });
}

/** Whether a test file changes the working folder, the environment or the umask, which all tests of a process share. Pure. */
export function changesProcess(text: string): boolean {
  return /\bDeno\.(chdir|umask|env\.(set|delete))\(/.test(text);
}

/** The ends of the files that a report names. Pure. */
export function endsOf(suite: SuiteName, xml: string, success: boolean): FileEnd[] {
  const ends = [...readFiles(xml)].map(([file, results]): FileEnd => {
    return { suite, file, results, seconds: results.reduce((sum, { seconds }) => sum + seconds, 0) };
  });
  const run: TestRun = { results: [], whole: success || ends.some(({ results }) => results.some(failed)) };
  return run.whole ? ends : [...ends, { suite, file: suite, results: resultsOf(suite, run), seconds: 0 }];
}

function failed({ passed }: { readonly passed: boolean }): boolean {
  return !passed;
}

async function runAgain(suite: SuiteName, files: readonly string[]): Promise<FileEnd[]> {
  console.log(`# ${suite}: cut off after ${DEADLINE / 60_000} minutes; once more, one file after the other`);
  return await runProcess(suite, files) ?? cutOff(suite);
}

/** A suite of which nothing is known. */
function cutOff(suite: SuiteName): FileEnd[] {
  return endsOf(suite, "", false);
}

/** @returns the ends of the files, `undefined` when the process had to be cut off: then there is no report */
async function runProcess(suite: SuiteName, words: readonly string[]): Promise<FileEnd[] | undefined> {
  const report = `.cache/report-${suite}.xml`;
  await Deno.writeTextFile(report, "");
  const deadline = AbortSignal.timeout(DEADLINE);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...testArguments(report), ...words],
    stdin: "null",
    signal: deadline,
  }).spawn().status;
  if (!success && deadline.aborted) return undefined;
  return endsOf(suite, await Deno.readTextFile(report), success);
}

function testFilesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return testFilesBelow(`${folder}/${name}`);
    return name.endsWith("_test.ts") ? [`${folder}/${name}`] : [];
  });
}
