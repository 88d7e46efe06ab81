/**
 * `smolvm volume`: its verbs, each in a file of its own.
 *
 * @module
 */
import { Command } from "commander";
import { addVerbs, type Verbs } from "../options/verbs.ts";

const verbs: Verbs = {
  create: async () => (await import("./create.ts")).volumeCreate(),
  ls: async () => (await import("./ls.ts")).volumeLs(),
  inspect: async () => (await import("./inspect.ts")).volumeInspect(),
  rm: async () => (await import("./rm.ts")).volumeRm(),
  prune: async () => (await import("./prune.ts")).volumePrune(),
};

/** The command. @param words what stands behind its name */
export function volumeCommand(words?: readonly string[]): Promise<Command> {
  return addVerbs(
    new Command("volume").description("make, list and remove volumes: disks that outlive what uses them"),
    verbs,
    words,
  );
}
