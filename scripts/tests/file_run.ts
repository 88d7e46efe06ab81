/**
 * Runs test files on this machine, a process for each, so that two can run at once.
 *
 * @module
 */
import type { Job, JobEnd } from "./jobs.ts";
import { readResults } from "./results.ts";
import { testArguments } from "./second_try.ts";
import { environment } from "./suites.ts";

/** How long a file may take, in milliseconds. The slowest takes 3 minutes on a machine with 2 cores. */
const DEADLINE = 1_200_000;

/**
 * Runs one file to its end.
 *
 * @param report where the JUnit report goes
 * @param parts the binary's parts, unpacked
 * @returns how the file ended, and everything that its process printed
 */
export async function runFile(
  job: Job,
  report: string,
  parts: string,
): Promise<{ end: JobEnd; output: string }> {
  const begun = performance.now();
  await Deno.writeTextFile(report, "");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...testArguments(report), "--no-check", job.file],
    env: environment(job.suite, parts),
    stdin: "null",
    signal: AbortSignal.timeout(DEADLINE),
  }).output();
  const results = readResults(await Deno.readTextFile(report));
  const whole = success || results.some(({ passed }) => !passed);
  const seconds = (performance.now() - begun) / 1000;
  return { end: { results, whole, seconds }, output: [stdout, stderr].map(decode).join("") };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Checks the types of all tests, so that no process has to. @returns what does not fit; undefined when all does */
export async function checkTypes(): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "tests"],
    stdin: "null",
  }).output();
  return success ? undefined : decode(stderr);
}
