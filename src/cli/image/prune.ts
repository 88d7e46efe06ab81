/**
 * `smolvm image prune`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { pruneImages } from "../../actions/prune_images.ts";
import { pruneMachineImages } from "../../actions/prune_machine_images.ts";
import { processHost } from "../context/process_host.ts";
import { withMachines } from "../context/machines.ts";
import { writeJson, writeLine } from "../terminal/output.ts";
import { humanSize } from "../terminal/table.ts";
import { removalLines } from "./table.ts";

interface PruneOptions {
  readonly all?: boolean;
  readonly vm?: string | true;
  readonly json?: boolean;
}

/** The command. */
export function imagePrune(): Command {
  return new Command("prune")
    .description("remove images without a name that no machine is made of, and unfinished downloads")
    .option("-a, --all", "remove every image that no machine is made of")
    .option("--vm [machine]", "instead, remove images on a running VM's disk that no container of it needs")
    .option("--json", "print what was removed as JSON")
    .action(async ({ all = false, vm, json }: PruneOptions) => {
      const pruned = vm === undefined
        ? await pruneImages(processHost(), { all })
        : await withMachines((context) =>
          pruneMachineImages(findMachine(vm === true ? undefined : vm, context).spec, context)
        );
      if (json) return writeJson(pruned);
      for (const line of removalLines(pruned)) writeLine(line);
      writeLine(`freed ${humanSize(pruned.bytes)}`);
    });
}
