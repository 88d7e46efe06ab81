/**
 * `smolvm container logs`.
 *
 * @module
 */
import { Command } from "commander";
import { join } from "node:path";
import { machineFolder } from "../../machines/folder.ts";
import { awaitUnsupervised } from "../../machines/liveness.ts";
import { namedMachine, withMachines } from "../context/machines.ts";
import { addLogOptions, type LogOptions, readLogWish } from "../options/log_options.ts";
import { showLog } from "../terminal/log_output.ts";

/** The command. */
export function containerLogs(): Command {
  const command = new Command("logs")
    .description("show what a container printed")
    .argument("<machine>", "which machine")
    .argument("<container>", "name or id");
  return addLogOptions(command)
    .action(async (machine: string, word: string, options: LogOptions) => {
      const wish = readLogWish(options);
      await withMachines(async (context) => {
        const { spec } = namedMachine(machine, context);
        const { spec: container } = context.records.containers.find(spec, word);
        const folder = machineFolder(context.paths, spec.id);
        const log = join(folder.containers, container.id, "log");
        await showLog(log, wish, awaitUnsupervised(folder, Infinity));
      });
    });
}
