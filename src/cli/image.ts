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

/** The command with all its verbs. */
export function imageCommand(): Command {
  return new Command("image")
    .description("pull, load, list and remove images")
    .addCommand(imagePull())
    .addCommand(imageLoad())
    .addCommand(imageLs())
    .addCommand(imageInspect())
    .addCommand(imageRm())
    .addCommand(imagePrune());
}
