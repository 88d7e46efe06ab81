/**
 * Runs test files in labs (scripts/lab.sh). A lab boots once and then takes one file after the other
 * (in_lab.sh) from a folder that it shares with the other labs. A lab whose kernel or emulator dies loses the
 * file that it had begun, which counts as cut off; the next lab goes on with the files that are left.
 *
 * @module
 */
import type { Job, JobEnd, Progress } from "./jobs.ts";
import { parseLine } from "./lab_lines.ts";
import { readResults } from "./results.ts";
import { testArguments } from "./second_try.ts";
import { environment, type SuiteName } from "./suites.ts";

/** What the lab is slower by, as far as tests wait for something. */
const SLOWNESS = 8;

/** How long the lab may take for a file, in seconds. */
const FILE_SECONDS = 1_200;

/** How long a lab may say nothing before it is given up, in milliseconds: a file's time, its boot and its end. */
const SILENCE = (FILE_SECONDS + 120) * 1000;

/** How long a lab may take for all its files, in seconds. */
const LAB_SECONDS = 14_400;

/** Memory of a lab, in MiB: the VMs of one file, and the files they unpack. */
const MEMORY = 3_072;

/** Exit status of a job that took too long, as in_lab.sh tells it, or was lost with its lab. */
const CUT_OFF = 124;

/** How many labs in a row may end without having begun a file, before no other is tried. */
const FAILED_BOOTS = 3;

/** What labs are made with. */
export interface LabOptions {
  /** The binary's parts, unpacked. */
  readonly parts: string;
  readonly progress: Progress;
  /** A program that runs its arguments in a lab. */
  readonly lab?: string;
}

/**
 * Runs jobs in labs.
 *
 * @param jobs all of one suite
 * @param atOnce how many labs: each keeps one processor of this machine busy
 * @returns the ends of the jobs, in their order; a job that was lost with its lab is not whole
 */
export async function runInLabs(
  jobs: readonly Job[],
  atOnce: number,
  { parts, progress, lab = "scripts/lab.sh" }: LabOptions,
): Promise<JobEnd[]> {
  const [first] = jobs;
  if (first === undefined) return [];
  const folder = await Deno.makeTempDir({ dir: ".cache", prefix: "lab-jobs-" });
  try {
    await Promise.all(jobs.map((job, index) => writeJob(`${folder}/${index}`, job)));
    const labs = new Labs(folder, jobs, progress, { lab, env: labEnvironment(first.suite, parts) });
    await Promise.all(Array.from({ length: atOnce }, () => labs.work()));
    return jobs.map((_, index) => labs.ends.get(index) ?? { results: [], whole: false, seconds: 0 });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Types were checked before; checking them again in the lab takes longer than most tests. */
async function writeJob(folder: string, job: Job): Promise<void> {
  const words = [Deno.execPath(), ...testArguments(`${folder}/report.xml`), "--no-check", job.file];
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/words`, words.map((word) => `${word}\0`).join(""));
}

/** The program that makes a lab, and the environment of what runs there. */
interface LabCommand {
  readonly lab: string;
  readonly env: Record<string, string>;
}

/** Labs that share a folder of jobs. */
class Labs {
  readonly ends = new Map<number, JobEnd>();
  readonly #begun = new Set<number>();
  #failedBoots = 0;
  readonly #folder: string;
  readonly #jobs: readonly Job[];
  readonly #progress: Progress;
  readonly #command: LabCommand;

  constructor(folder: string, jobs: readonly Job[], progress: Progress, command: LabCommand) {
    this.#folder = folder;
    this.#jobs = jobs;
    this.#progress = progress;
    this.#command = command;
  }

  /** Boots one lab after the other until every job was begun. */
  async work(): Promise<void> {
    while (this.#begun.size < this.#jobs.length && this.#failedBoots < FAILED_BOOTS) {
      const before = this.#begun.size;
      const lost = await this.#oneLab();
      this.#failedBoots = this.#begun.size > before ? 0 : this.#failedBoots + 1;
      if (lost !== undefined) await this.#end(lost, 0, CUT_OFF);
    }
  }

  /** @returns the job that was under way when the lab ended */
  async #oneLab(): Promise<number | undefined> {
    const lab = new Deno.Command(this.#command.lab, {
      args: ["scripts/tests/in_lab.sh", this.#folder, `${FILE_SECONDS}`],
      env: this.#command.env,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let [underWay, begun]: [number | undefined, number] = [undefined, 0];
    const giveUp = (): void => lab.kill("SIGTERM");
    let silence = setTimeout(giveUp, SILENCE);
    for await (const text of lines(lab.stdout)) {
      clearTimeout(silence);
      silence = setTimeout(giveUp, SILENCE);
      const line = parseLine(text);
      if (line?.kind === "begin") {
        [underWay, begun] = [line.job, performance.now()];
        this.#begin(line.job);
      } else if (line?.kind === "end") {
        underWay = undefined;
        await this.#end(line.job, (performance.now() - begun) / 1000, line.status);
      } else console.log(text);
    }
    clearTimeout(silence);
    await lab.status;
    return underWay;
  }

  #begin(index: number): void {
    this.#begun.add(index);
    const job = this.#jobs[index];
    if (job) this.#progress.begin(job);
  }

  /** @param status exit status of the job's process */
  async #end(index: number, seconds: number, status: number): Promise<void> {
    const read = (name: string): Promise<string> =>
      Deno.readTextFile(`${this.#folder}/${index}/${name}`).catch(() => "");
    const results = readResults(await read("report.xml"));
    // A file all of whose tests are ignored has no results, and nothing failed.
    const whole = status === 0 || (status !== CUT_OFF && results.some(({ passed }) => !passed));
    const end = { results, whole, seconds };
    this.ends.set(index, end);
    const job = this.#jobs[index];
    if (job) this.#progress.end(job, end, await read("output"));
  }
}

function labEnvironment(suite: SuiteName, parts: string): Record<string, string> {
  return {
    ...environment(suite, parts),
    SMOLVM_TEST_SLOWNESS: `${SLOWNESS}`,
    LAB_SECONDS: `${LAB_SECONDS}`,
    LAB_MEMORY: `${MEMORY}`,
    LAB_CPUS: "1",
  };
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
