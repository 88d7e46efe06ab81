/**
 * `smolvm image prune`.
 *
 * @module
 */
import { Command } from "commander";
import { processPaths } from "../host/paths.ts";
import { writeRemoval } from "./image_rm.ts";
import { withImageStore } from "./image_store.ts";
import { humanSize } from "./image_table.ts";
import { ImageUsers } from "./image_users.ts";
import { writeJson, writeLine } from "./output.ts";

/** The command. */
export function imagePrune(): Command {
  return new Command("prune")
    .description("remove images without a name that no machine is made of, and unfinished downloads")
    .option("-a, --all", "remove every image that no machine is made of")
    .option("--json", "print what was removed as JSON")
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const pruned = await withImageStore(async (store) => {
        using users = await ImageUsers.open(processPaths());
        return await store.prune({ all: options.all ?? false, use: users.use });
      });
      if (options.json) return writeJson(pruned);
      writeRemoval(pruned);
      writeLine(`freed ${humanSize(pruned.bytes)}`);
    });
}
