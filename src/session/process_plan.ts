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
  const entrypoint = own ? [flags.entrypoint ?? ""].filter((word) => word !== "") : config.entrypoint;
  const command = flags.command.length > 0 || own ? flags.command : config.command;
  const argv = [...entrypoint, ...command];
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

/** Later words win; a name without a value takes the host's, or is left out when the host has none. */
function mergeEnv(
  image: readonly string[],
  own: readonly string[],
  hostEnv: (name: string) => string | undefined,
): string[] {
  const variables = new Map<string, string>();
  for (const word of [...image, ...own]) {
    const { name, value } = readVariable(word, hostEnv);
    if (value === undefined) variables.delete(name);
    else variables.set(name, value);
  }
  return [...variables].map(([name, value]) => `${name}=${value}`);
}
