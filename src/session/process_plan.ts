/**
 * What a container runs, from its image and the command line: Docker's rules. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { ImageConfig } from "../image/model/image.ts";
import { checkDirectory, readVariable } from "./program_words.ts";

/** What the user asked for; `undefined` leaves it to the image. */
export interface ProcessFlags {
  /** Words behind the image's name. */
  readonly command: readonly string[];
  /** `--entrypoint`; empty takes the image's away. */
  readonly entrypoint?: string;
  /** `-e` words: `K=V`, or `K` for the host's value. */
  readonly env: readonly string[];
  readonly cwd?: string;
  readonly user?: string;
  /** `--stop-signal`: a name or a number, in place of the image's. */
  readonly stopSignal?: string;
}

/** What runs. */
export interface ProcessPlan {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: string;
}

/**
 * Plans the process.
 *
 * The command replaces the image's CMD; an entrypoint of the user's replaces the image's and drops its CMD.
 *
 * @param config what the image says
 * @param flags what the user says
 * @param hostEnv looks up a variable of the host, for `-e K`
 * @throws {SmolvmError} kind `usage` when there is nothing to run, or a flag is malformed
 */
export function planProcess(
  config: ImageConfig,
  flags: ProcessFlags,
  hostEnv: (name: string) => string | undefined,
): ProcessPlan {
  const own = flags.entrypoint !== undefined;
  const entrypoint = withoutReset(own ? [flags.entrypoint ?? ""] : config.entrypoint);
  const command = flags.command.length > 0 || own ? flags.command : config.command;
  const argv = [...entrypoint, ...command];
  if (argv[0] === "") {
    throw new SmolvmError("usage", {
      action: "run the image",
      reason: "the first word of its command is empty",
      remedy: "give a program behind the image's name, or with --entrypoint",
    });
  }
  if (argv.length === 0) {
    throw new SmolvmError("usage", {
      action: "run the image",
      reason: "it names no command of its own",
      remedy: "give one behind the image's name",
    });
  }
  return {
    argv,
    env: mergeEnv(config.env, flags.env, hostEnv),
    cwd: checkDirectory(flags.cwd ?? (config.workingDirectory || "/")),
    user: flags.user ?? config.user,
  };
}

/** `ENTRYPOINT [""]` takes the entrypoint away, as Docker has it; `CMD [""]` is one empty word. */
function withoutReset(entrypoint: readonly string[]): readonly string[] {
  return entrypoint.length === 1 && entrypoint[0] === "" ? [] : entrypoint;
}

/**
 * Later words win. An image's entry without a value or without a name sets nothing, and never takes the host's
 * value: only `-e NAME` of the user's copies, and takes the image's value away where the host has none.
 */
function mergeEnv(
  image: readonly string[],
  own: readonly string[],
  hostEnv: (name: string) => string | undefined,
): string[] {
  const variables = new Map<string, string>();
  for (const word of image) {
    const at = word.indexOf("=");
    if (at > 0) variables.set(word.slice(0, at), word.slice(at + 1));
  }
  for (const word of own) {
    const { name, value } = readVariable(word, hostEnv);
    if (value === undefined) variables.delete(name);
    else variables.set(name, value);
  }
  return [...variables].map(([name, value]) => `${name}=${value}`);
}
