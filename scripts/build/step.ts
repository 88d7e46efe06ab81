/**
 * Steps of the build: each makes one file from others and is skipped when none of them has changed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { type Target, targetName } from "../../src/target.ts";

/** Where the build keeps what it makes on the way. */
export const WORK = ".cache/build";

/** Where what is made for one target goes. */
export function workOf(target: Target): string {
  return `${WORK}/${targetName(target)}`;
}

/** A step. */
export interface Step {
  /** The file it makes. */
  readonly output: string;
  /** Files and folders it is made from. */
  readonly inputs: readonly string[];
  /** Anything else its output depends on. */
  readonly salt?: string;
  make(output: string): Promise<void> | void;
}

/** The file that notes what a step's output was made from; an input of steps whose input is a folder. */
export function stampOf(step: Pick<Step, "output">, work = WORK): string {
  return `${work}/${step.output.replaceAll("/", "_").replace(/^\./, "")}.inputs`;
}

/**
 * Runs a step if need be; the output appears whole or not at all.
 *
 * @param work folder of the stamps
 */
export async function runStep(step: Step, work = WORK): Promise<string> {
  const stamp = stampOf(step, work);
  const digest = digestOf(step.inputs, step.salt ?? "");
  if (exists(step.output) && readOr(stamp) === digest) return step.output;
  const begun = performance.now();
  for (const folder of [work, dirname(step.output)]) Deno.mkdirSync(folder, { recursive: true });
  const fresh = `${step.output}.new`;
  removeIfThere(fresh);
  await step.make(fresh);
  Deno.renameSync(fresh, step.output);
  Deno.writeTextFileSync(stamp, digest);
  console.error(`build: ${step.output} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  return step.output;
}

/** Digest of files: of their content where they are small, of size and time where they are large parts. */
function digestOf(inputs: readonly string[], salt: string): string {
  const hash = createHash("sha256").update(salt);
  for (const path of inputs.flatMap(filesOf).sort()) {
    const { size, mtime } = Deno.statSync(path);
    hash.update(`${path} ${size} `);
    if (size > 4 << 20) hash.update(String(mtime?.getTime()));
    else hash.update(Deno.readFileSync(path));
  }
  return hash.digest("hex");
}

function filesOf(path: string): string[] {
  if (!Deno.statSync(path).isDirectory) return [path];
  return [...Deno.readDirSync(path)].flatMap((entry) =>
    entry.name.endsWith("_test.ts") ? [] : filesOf(`${path}/${entry.name}`)
  );
}

/** Runs a command; what it says is shown when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const output = await new Deno.Command(command, { args: [...args], env, stdout: "piped", stderr: "piped" })
    .output();
  if (output.success) return;
  const text = new TextDecoder();
  throw new Error(
    `${command} ${args.join(" ")}:\n${text.decode(output.stdout)}${text.decode(output.stderr)}`,
  );
}

/** Removes a file or folder, if there is one. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function exists(path: string): boolean {
  return readOr(path, () => "there") === "there";
}

function readOr(path: string, read: (path: string) => string = Deno.readTextFileSync): string | undefined {
  try {
    Deno.statSync(path);
    return read(path);
  } catch {
    return undefined;
  }
}
