/**
 * `smolvm image prune`.
 *
 * @module
 */
import { Command } from "commander";
import { processPaths } from "../../host/paths.ts";
import type { Removal } from "../../image/store/removal.ts";
import { pruneMachine } from "./prune_vm.ts";
import { writeRemoval } from "./rm.ts";
import { withImageStore } from "../context/images.ts";
import { humanSize } from "../terminal/table.ts";
import { ImageUsers } from "./users.ts";
import { writeJson, writeLine } from "../terminal/output.ts";

/** The command. */
export function imagePrune(): Command {
  return new Command("prune")
    .description("remove images without a name that no machine is made of, and unfinished downloads")
    .option("-a, --all", "remove every image that no machine is made of")
    .option("--vm [machine]", "instead, remove images on a running VM's disk that no container of it needs")
    .option("--json", "print what was removed as JSON")
    .action(async (options: { all?: boolean; vm?: string | true; json?: boolean }) => {
      if (options.vm !== undefined) {
        return show(await pruneMachine(options.vm === true ? undefined : options.vm), options);
      }
      const pruned = await withImageStore(async (store) => {
        using users = await ImageUsers.open(processPaths());
        return await store.prune({ all: options.all ?? false, use: users.use });
      });
      show(pruned, options);
    });
}

function show(pruned: Removal & { readonly bytes: number }, { json }: { json?: boolean }): void {
  if (json) return writeJson(pruned);
  writeRemoval(pruned);
  writeLine(`freed ${humanSize(pruned.bytes)}`);
}
