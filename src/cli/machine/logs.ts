/**
 * `smolvm microvm logs`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { readConsole, readMachineLog } from "../../actions/read_log.ts";
import { withMachines } from "../context/machines.ts";
import { addLogOptions, type LogOptions, readLogWish } from "../options/log_options.ts";
import { printLog } from "../terminal/log_printer.ts";
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
        const { spec } = findMachine(name, context);
        if (!options.console) return await printLog(readMachineLog(spec, context, wish), wish);
        const text = readConsole(spec, context);
        if (text !== "") writeLine(text);
      });
    });
}
