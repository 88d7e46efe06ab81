/**
 * The folder of a user's configuration files (XDG base directory specification). Pure.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import type { Environment } from "./environment.ts";

/** `XDG_CONFIG_HOME`, where that is an absolute path, else `~/.config`; `undefined` without a home. */
export function configFolder(environment: Environment): string | undefined {
  const chosen = environment("XDG_CONFIG_HOME");
  if (chosen && isAbsolute(chosen)) return chosen;
  const home = environment("HOME");
  return home ? join(home, ".config") : undefined;
}
