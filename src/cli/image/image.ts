/**
 * `smolvm image`: its verbs, each in a file of its own.
 *
 * @module
 */
import { Command } from "commander";
import { addVerbs, type Verbs } from "../options/verbs.ts";

const verbs: Verbs = {
  pull: async () => (await import("./pull.ts")).imagePull(),
  load: async () => (await import("./load.ts")).imageLoad(),
  ls: async () => (await import("./ls.ts")).imageLs(),
  inspect: async () => (await import("./inspect.ts")).imageInspect(),
  save: async () => (await import("./save.ts")).imageSave(),
  tag: async () => (await import("./tag.ts")).imageTag(),
  rm: async () => (await import("./rm.ts")).imageRm(),
  prune: async () => (await import("./prune.ts")).imagePrune(),
};

/** The command. @param words what stands behind its name */
export function imageCommand(words?: readonly string[]): Promise<Command> {
  return addVerbs(
    new Command("image").description("pull, load, save, list, name and remove images"),
    verbs,
    words,
  );
}
