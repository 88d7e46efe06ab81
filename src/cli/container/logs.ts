/**
 * `smolvm container logs`.
 *
 * @module
 */
import { Command } from "commander";
import { join } from "node:path";
import { machineFolder } from "../../machines/folder.ts";
import { awaitUnsupervised } from "../../machines/liveness.ts";
import { type LogOptions, readSelection, showLog } from "../terminal/log_output.ts";
import { namedMachine, withMachines } from "../context/machines.ts";

/** The command. */
export function containerLogs(): Command {
  return new Command("logs")
    .description("show what a container printed")
    .argument("<machine>", "which machine")
    .argument("<container>", "name or id")
    .option("-f, --follow", "go on until the machine ends")
    .option("--tail <lines>", "only the last lines")
    .option("--since <time>", "only what came since: a date, or how long ago, like 10m")
    .option("--timestamps", "put the time before each line")
    .action(async (machine: string, word: string, options: LogOptions) => {
      const wish = readSelection(options);
      await withMachines(async (context) => {
        const { spec } = namedMachine(machine, context);
        const { spec: container } = context.records.containers.find(spec, word);
        const folder = machineFolder(context.paths, spec.id);
        await showLog(
          join(folder.containers, container.id, "log"),
          wish,
          awaitUnsupervised(folder, Infinity),
        );
      });
    });
}
