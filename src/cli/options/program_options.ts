/**
 * Options by which a program gets its variables, folder and user, and by which an image's command is replaced:
 * declared once for `run`, `create`, `exec`, `container create` and `container exec`.
 *
 * @module
 */
import type { Command } from "commander";
import type { PullPolicy } from "../../image/store/store.ts";
import type { ContainerOptions } from "../../machines/spec.ts";
import type { ProcessFlags } from "../../session/process_plan.ts";
import { addContainerOptions, type ContainerOptionWords, readContainerOptions } from "./container_options.ts";
import { readEnvFile } from "./env_file.ts";
import { readSignal } from "./signal_option.ts";
import { collect, parseChoice, parseDuration } from "./values.ts";

/** Options of every program. */
export interface ProgramOptions {
  readonly env: readonly string[];
  readonly envFile: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
}

/** Options of a program that an image plans. */
export interface ImageOptions extends ProgramOptions, ContainerOptionWords {
  readonly entrypoint?: string;
  readonly stopSignal?: string;
  readonly pull: string;
  readonly insecure?: boolean;
}

/** Options of a program's streams. */
export interface StreamOptions {
  readonly interactive?: boolean;
  readonly tty?: boolean;
}

/** Options of a program whose streams are those of this process. */
export interface SessionOptions extends StreamOptions {
  readonly timeout?: string;
}

/** Adds the options of every program. @param otherwise what it gets without them, in brackets */
export function addProgramOptions(command: Command, otherwise = ""): Command {
  return command
    .option("-e, --env <K=V|K>", "set a variable, or copy the host's", collect, [])
    .option("--env-file <file>", "set the variables of a file's lines, as Docker reads them", collect, [])
    .option("-w, --workdir <dir>", `working directory inside${otherwise}`)
    .option("-u, --user <user[:group]>", `run as this user, by name or number${otherwise}`);
}

/** What `--pull` takes. */
const pullPolicies: readonly PullPolicy[] = ["missing", "always", "never"];

/** Adds the options of a program that an image plans. */
export function addImageOptions(command: Command): Command {
  addProgramOptions(command)
    .option("--entrypoint <program>", "replace the image's entrypoint; empty for none")
    .option("--stop-signal <signal>", "by name or number, what stop sends (default: the image's, or TERM)")
    .option(`--pull <${pullPolicies.join("|")}>`, "when the image is pulled", "missing")
    .option("--insecure", "pull by plain http where the registry has no TLS");
  return addContainerOptions(command);
}

/** Adds the options of a program whose streams are those of this process. */
export function addSessionOptions(command: Command): Command {
  return command
    .option("-i, --interactive", "pass stdin to the command")
    .option("-t, --tty", "give the command a terminal")
    .option("--timeout <duration>", "end the command after this long, with exit code 124");
}

/**
 * The words of a command behind an image or a container. `--` right behind it ends the options, as everywhere: it is
 * dropped, once, also where no option could follow. Docker would run it.
 */
export function commandWords(words: readonly string[]): readonly string[] {
  return words[0] === "--" ? words.slice(1) : words;
}

/**
 * What every program's options say; what was not given is left out. A variable of `-e` wins over a file's.
 *
 * @throws {SmolvmError} kind `usage`, when a file of variables cannot be read
 */
export function programFlags(options: ProgramOptions): Pick<ProcessFlags, "env" | "cwd" | "user"> {
  return {
    env: [...options.envFile.flatMap((path) => readEnvFile(path)), ...options.env],
    ...(options.workdir !== undefined && { cwd: options.workdir }),
    ...(options.user !== undefined && { user: options.user }),
  };
}

/**
 * What the options of a program that an image plans say.
 *
 * @param words the words behind the image's name
 * @throws {SmolvmError} kind `usage`
 */
export function imageFlags(
  words: readonly string[],
  options: ImageOptions,
): {
  readonly process: ProcessFlags;
  readonly policy: PullPolicy;
  readonly insecure?: boolean;
  readonly options?: ContainerOptions;
} {
  const { entrypoint, stopSignal } = options;
  const container = readContainerOptions(options);
  return {
    process: {
      command: commandWords(words),
      ...programFlags(options),
      ...(entrypoint !== undefined && { entrypoint }),
      ...(stopSignal !== undefined && { stopSignal: checkSignal(stopSignal) }),
    },
    policy: parseChoice("--pull", options.pull, pullPolicies),
    ...(options.insecure && { insecure: true }),
    ...(Object.keys(container).length > 0 && { options: container }),
  };
}

/** Its words are kept as they were given; what is no signal is refused. */
function checkSignal(text: string): string {
  readSignal("--stop-signal", text);
  return text;
}

/** Adds the options of a command whose streams are those of the clients that attach to it. */
export function addStreamOptions(command: Command): Command {
  return command
    .option("-i, --interactive", "let attached clients type into the command")
    .option("-t, --tty", "give the command a terminal");
}

/** What the options of a command's streams say. */
export function streamFlags(
  { interactive = false, tty = false }: StreamOptions,
): { readonly interactive: boolean; readonly tty: boolean } {
  return { interactive, tty };
}

/** Reads `--timeout`. @returns milliseconds, 0 for no limit @throws {SmolvmError} kind `usage` */
export function timeLimit({ timeout }: SessionOptions): number {
  return timeout === undefined ? 0 : parseDuration("--timeout", timeout);
}
