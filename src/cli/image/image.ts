/**
 * `smolvm image`: its verbs, each in a file of its own.
 *
 * @module
 */
import { Command } from "commander";
import { imageInspect } from "./inspect.ts";
import { imageLoad } from "./load.ts";
import { imageLs } from "./ls.ts";
import { imagePrune } from "./prune.ts";
import { imagePull } from "./pull.ts";
import { imageRm } from "./rm.ts";
import { imageSave } from "./save.ts";
import { imageTag } from "./tag.ts";
import { addVerbs, type Verbs } from "../options/verbs.ts";

const verbs: Verbs = {
  pull: imagePull,
  load: imageLoad,
  ls: imageLs,
  inspect: imageInspect,
  save: imageSave,
  tag: imageTag,
  rm: imageRm,
  prune: imagePrune,
};

/** The command. @param words what stands behind its name */
export function imageCommand(words?: readonly string[]): Command {
  return addVerbs(
    new Command("image").description("pull, load, save, list, name and remove images"),
    verbs,
    words,
  );
}
