/**
 * The environment a program starts with: Docker's rules for what is added. Pure.
 *
 * @module
 */
import { DEFAULT_PATH } from "../../src/text/default_path.ts";
import type { ResolvedUser } from "./user.ts";

/** What a program's environment tells of where it runs. */
export interface Surroundings {
  readonly hostname?: string | undefined;
  /** Kind of the program's terminal. */
  readonly terminal?: string | undefined;
}

/**
 * Adds what is missing: PATH (also when it is empty, else no program is found), HOME of the user, HOSTNAME and TERM
 * where they are given. A name that comes twice keeps its last value.
 */
export function completeEnvironment(
  env: readonly string[],
  user: ResolvedUser,
  { hostname, terminal }: Surroundings = {},
): string[] {
  const variables = new Map<string, string>();
  for (const word of env) {
    const at = word.indexOf("=");
    if (at > 0) variables.set(word.slice(0, at), word.slice(at + 1));
  }
  const defaults: [string, string][] = [["PATH", DEFAULT_PATH], ["HOME", user.home]];
  if (hostname !== undefined) defaults.push(["HOSTNAME", hostname]);
  if (terminal !== undefined) defaults.push(["TERM", terminal]);
  const added = defaults.filter(([name]) => !variables.get(name));
  for (const [name] of added) variables.delete(name);
  return [...added, ...variables].map(([name, value]) => `${name}=${value}`);
}
