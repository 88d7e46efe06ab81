/**
 * `smolvm self`: what concerns the installation itself.
 *
 * @module
 */
import { Command } from "commander";
import { addVerbs, type Verbs } from "../options/verbs.ts";
import { uninstallCommand } from "./uninstall.ts";

const verbs: Verbs = { uninstall: uninstallCommand };

/** The command. @param words what stands behind its name */
export function selfCommand(words?: readonly string[]): Command {
  return addVerbs(new Command("self").description("remove smolvm from this host"), verbs, words);
}
