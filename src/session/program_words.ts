/**
 * The words by which a person says what a program gets: `-e` variables and a working directory. One place for
 * a program that an image plans (process_plan.ts) and one that is run beside others. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";

/** A variable; without a value where it was to be copied from the host, which has none. */
export interface Variable {
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * Reads a variable: `K=V`, or `K` for the host's value.
 *
 * @param hostEnv looks up a variable of the host
 * @throws {SmolvmError} kind `usage` when it has no name
 */
export function readVariable(word: string, hostEnv: (name: string) => string | undefined): Variable {
  const at = word.indexOf("=");
  const name = at < 0 ? word : word.slice(0, at);
  if (name !== "") return { name, value: at < 0 ? hostEnv(name) : word.slice(at + 1) };
  throw new SmolvmError("usage", {
    action: "set variable",
    subject: JSON.stringify(word),
    reason: "it has no name",
    remedy: "write NAME=VALUE, or NAME for the host's value",
  });
}

/**
 * Judges a working directory.
 *
 * @returns the path
 * @throws {SmolvmError} kind `usage` when it does not begin with a slash
 */
export function checkDirectory(path: string): string {
  if (path.startsWith("/")) return path;
  throw new SmolvmError("usage", {
    action: "use working directory",
    subject: path,
    reason: "it is not an absolute path",
    remedy: "begin it with a slash",
  });
}
