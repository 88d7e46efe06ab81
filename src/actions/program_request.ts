/**
 * What is said to the guest of a program that runs beside others, in a machine or a container. Pure.
 *
 * @module
 */
import type { ExecRequest, TerminalRequest } from "../guest_protocol/messages.ts";
import { SmolvmError } from "../error.ts";
import type { Host } from "../payload/host.ts";
import { checkDirectory, readVariable } from "../session/program_words.ts";
import { checkRequestSize } from "../session/request_size.ts";

/** A program to run. */
export interface ProgramWish {
  readonly argv: readonly string[];
  /** Words `K=V`, or `K` for the host's value. */
  readonly env?: readonly string[];
  /** Absolute; without it the place's own. */
  readonly cwd?: string;
  /** `USER[:GROUP]`, by name or number; without it the place's own. */
  readonly user?: string;
  /** Whether something comes on its stdin; else that is /dev/null. */
  readonly stdin?: boolean;
  /** Ends it after this long, with exit code 124; 0: no limit. */
  readonly timeoutMilliseconds?: number;
  /** Gives it a terminal; without words it is then the user's shell. */
  readonly terminal?: TerminalRequest;
}

/** What the guest is told, but where the program runs. */
export type ProgramRequest = Omit<ExecRequest, "kind">;

/**
 * Reads what is to run.
 *
 * @throws {SmolvmError} kind `usage` when a word is malformed, or all of them are too much
 */
export function programRequest(
  { argv, env = [], cwd, user = "", stdin = false, timeoutMilliseconds = 0, terminal }: ProgramWish,
  { environment }: Pick<Host, "environment">,
): ProgramRequest {
  if (argv.length === 0 && !terminal) {
    throw new SmolvmError("usage", {
      action: "run a command",
      reason: "none is given",
      remedy: "write it behind the options, or give -it for a shell",
    });
  }
  const words = {
    argv: [...argv],
    env: env.flatMap((word) => {
      const { name, value } = readVariable(word, (name) => environment[name]);
      return value === undefined ? [] : [`${name}=${value}`];
    }),
    cwd: cwd === undefined ? "" : checkDirectory(cwd),
    user,
  };
  checkRequestSize(words);
  return { ...words, stdin, timeoutMilliseconds, ...(terminal && { terminal }) };
}
