/**
 * `smolvm self`: what concerns the installation itself.
 *
 * @module
 */
import { Command } from "commander";
import { addVerbs, type Verbs } from "../options/verbs.ts";

const verbs: Verbs = {
  uninstall: async () => (await import("./uninstall.ts")).uninstallCommand(),
};

/** The command. @param words what stands behind its name */
export function selfCommand(words?: readonly string[]): Promise<Command> {
  return addVerbs(new Command("self").description("remove smolvm from this host"), verbs, words);
}
