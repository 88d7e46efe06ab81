/**
 * `smolvm volume`: its verbs, each in a file of its own.
 *
 * @module
 */
import { Command } from "commander";
import { addVerbs, type Verbs } from "../options/verbs.ts";
import { volumeCreate } from "./create.ts";
import { volumeInspect } from "./inspect.ts";
import { volumeLs } from "./ls.ts";
import { volumePrune } from "./prune.ts";
import { volumeRm } from "./rm.ts";

const verbs: Verbs = {
  create: volumeCreate,
  ls: volumeLs,
  inspect: volumeInspect,
  rm: volumeRm,
  prune: volumePrune,
};

/** The command. @param words what stands behind its name */
export function volumeCommand(words?: readonly string[]): Command {
  return addVerbs(
    new Command("volume").description("make, list and remove volumes: disks that outlive what uses them"),
    verbs,
    words,
  );
}
