/**
 * `smolvm microvm logs`.
 *
 * @module
 */
import { Command } from "commander";
import { type MachineFolder, machineFolder } from "../../machines/folder.ts";
import { awaitUnsupervised } from "../../machines/liveness.ts";
import { type LogOptions, readSelection, showLog } from "../terminal/log_output.ts";
import { namedMachine, withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";

interface LogsOptions extends LogOptions {
  readonly console?: boolean;
}

/** The command. */
export function logsCommand(): Command {
  return new Command("logs")
    .description("show what a machine's command printed")
    .argument("[machine]", "which one (default: default)")
    .option("-f, --follow", "go on until the machine ends")
    .option("--tail <lines>", "only the last lines")
    .option("--since <time>", "only what came since: a date, or how long ago, like 10m")
    .option("--timestamps", "put the time before each line")
    .option("--console", "show the end of the guest's console at its last end instead")
    .action(async (name: string | undefined, options: LogsOptions) => {
      const selection = readSelection(options);
      await withMachines(async (context) => {
        const folder = machineFolder(context.paths, namedMachine(name, context).spec.id);
        if (options.console) return showConsole(folder);
        await showLog(folder.log, selection, awaitUnsupervised(folder, Infinity));
      });
    });
}

function showConsole(folder: MachineFolder): void {
  try {
    const text = Deno.readTextFileSync(folder.console).trimEnd();
    if (text !== "") writeLine(text);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
