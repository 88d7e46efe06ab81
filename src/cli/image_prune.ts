/**
 * `smolvm image prune`.
 *
 * @module
 */
import { Command } from "commander";
import { writeRemoval } from "./image_rm.ts";
import { withImageStore } from "./image_store.ts";
import { humanSize } from "./image_table.ts";
import { writeJson, writeLine } from "./output.ts";

/** The command. */
export function imagePrune(): Command {
  return new Command("prune")
    .description("remove images without a name that no VM uses, and unfinished downloads")
    .option("-a, --all", "remove every image that no VM uses")
    .option("--json", "print what was removed as JSON")
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const pruned = await withImageStore((store) => store.prune({ all: options.all ?? false }));
      if (options.json) return writeJson(pruned);
      writeRemoval(pruned);
      writeLine(`freed ${humanSize(pruned.bytes)}`);
    });
}
