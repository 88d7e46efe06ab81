/**
 * `smolvm microvm logs`.
 *
 * @module
 */
import { Command } from "commander";
import { type MachineFolder, machineFolder } from "../../machines/folder.ts";
import { awaitUnsupervised } from "../../machines/liveness.ts";
import { namedMachine, withMachines } from "../context/machines.ts";
import { addLogOptions, type LogOptions, readLogWish } from "../options/log_options.ts";
import { showLog } from "../terminal/log_output.ts";
import { writeLine } from "../terminal/output.ts";

interface LogsOptions extends LogOptions {
  readonly console?: boolean;
}

/** The command. */
export function logsCommand(): Command {
  const command = new Command("logs")
    .description("show what a machine's command printed")
    .argument("[machine]", "which one (default: default)");
  return addLogOptions(command)
    .option("--console", "show the end of the guest's console at its last end instead")
    .action(async (name: string | undefined, options: LogsOptions) => {
      const wish = readLogWish(options);
      await withMachines(async (context) => {
        const folder = machineFolder(context.paths, namedMachine(name, context).spec.id);
        if (options.console) return showConsole(folder);
        await showLog(folder.log, wish, awaitUnsupervised(folder, Infinity));
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
