/**
 * How long a program's arguments and variables may be: what Linux allows (execve(2), "Limits on size of arguments and
 * environment"). Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { wordLength } from "../text/byte_word.ts";

/** Most bytes of one word: MAX_ARG_STRLEN, less the NUL behind it. */
const WORD_BYTES = 131_071;

/** Most bytes of all words, with a NUL and a pointer of 8 bytes each: a quarter of the stack's limit of 8 MiB. */
const ALL_BYTES = 2_097_152;

/** Room for what the agent adds, in bytes: PATH, HOME, HOSTNAME, and the program's path. */
const REST_BYTES = 8_192;

/** Longest path, in bytes: PATH_MAX, less the NUL. */
const PATH_BYTES = 4_095;

/** The parts of a request whose length the user decides. */
export interface ProgramWords {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: string;
  readonly volumes?: readonly string[];
}

/**
 * Judges whether a program's words fit, before anything is begun.
 *
 * @throws {SmolvmError} kind `usage`, with Linux's figure
 */
export function checkRequestSize({ argv, env, cwd, user }: ProgramWords): void {
  const refuse = (reason: string) => {
    const subject = argv[0]?.slice(0, 100) ?? "";
    return new SmolvmError("usage", {
      action: "run",
      subject,
      reason,
      remedy: "pass it in a file or on stdin",
    });
  };
  let all = REST_BYTES;
  for (const [what, words] of [["an argument", argv], ["a variable", env]] as const) {
    for (const word of words) {
      const bytes = wordLength(word);
      all += bytes + 1 + 8;
      if (bytes <= WORD_BYTES) continue;
      throw refuse(`${what} has ${bytes} bytes, and Linux allows ${WORD_BYTES}`);
    }
  }
  if (all > ALL_BYTES) {
    throw refuse(`its arguments and variables take ${all} bytes, and Linux allows ${ALL_BYTES} in all`);
  }
  for (const [what, word] of [["working directory", cwd], ["user", user]] as const) {
    const bytes = wordLength(word);
    if (bytes > PATH_BYTES) {
      throw refuse(`its ${what} has ${bytes} bytes, and at most ${PATH_BYTES} can be passed`);
    }
  }
}
