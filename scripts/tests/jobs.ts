/**
 * Test files as jobs: several workers take them one after the other.
 *
 * @module
 */
import type { TestRun } from "./results.ts";
import type { SuiteName } from "./suites.ts";

/** A test file to be run in a process of its own. */
export interface Job {
  readonly suite: SuiteName;
  readonly file: string;
}

/** How a job ended. */
export interface JobEnd extends TestRun {
  readonly seconds: number;
}

/** Says when a job begins and ends, and shows the job's whole output then. */
export class Progress {
  #begun = 0;
  readonly #total: number;
  readonly #print: (text: string) => void;

  /** @param print writes whole lines */
  constructor(total: number, print: (text: string) => void = (text) => console.log(text)) {
    this.#total = total;
    this.#print = print;
  }

  begin({ suite, file }: Job): void {
    this.#print(`# ${++this.#begun}/${this.#total} ${suite}: ${file}`);
  }

  end({ suite, file }: Job, { results, whole, seconds }: JobEnd, output: string): void {
    const failed = results.filter(({ passed }) => !passed).length;
    const counts = `${results.length - failed} passed, ${failed} failed${whole ? "" : ", cut off"}`;
    this.#print(`# ended ${suite}: ${file} (${counts}, ${seconds.toFixed(1)} s)\n${output.trimEnd()}`);
  }
}

/**
 * Runs jobs, so many at a time, in their order.
 *
 * @returns their ends, in the order of the jobs
 */
export async function runJobs<J, E>(
  jobs: readonly J[],
  atOnce: number,
  run: (job: J) => Promise<E>,
): Promise<E[]> {
  const ends = new Map<number, E>();
  const waiting = jobs.entries();
  const worker = async (): Promise<void> => {
    for (const [index, job] of waiting) ends.set(index, await run(job));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return jobs.map((_, index) => ends.get(index) as E);
}
