/**
 * `smolvm image`: its verbs, each in a file of its own.
 *
 * @module
 */
import { Command } from "commander";
import { imageInspect } from "./image_inspect.ts";
import { imageLoad } from "./image_load.ts";
import { imageLs } from "./image_ls.ts";
import { imagePrune } from "./image_prune.ts";
import { imagePull } from "./image_pull.ts";
import { imageRm } from "./image_rm.ts";
import { addVerbs, type Verbs } from "./verbs.ts";

const verbs: Verbs = {
  pull: imagePull,
  load: imageLoad,
  ls: imageLs,
  inspect: imageInspect,
  rm: imageRm,
  prune: imagePrune,
};

/** The command. @param words what stands behind its name */
export function imageCommand(words: readonly string[]): Command {
  return addVerbs(new Command("image").description("pull, load, list and remove images"), verbs, words);
}
