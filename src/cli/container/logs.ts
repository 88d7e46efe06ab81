/**
 * `smolvm container logs`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { readContainerLog } from "../../actions/read_log.ts";
import { withMachines } from "../context/machines.ts";
import { addLogOptions, type LogOptions, readLogWish } from "../options/log_options.ts";
import { printLog } from "../terminal/log_printer.ts";

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
        const { spec } = findMachine(machine, context);
        await printLog(readContainerLog(spec, word, context, wish), wish);
      });
    });
}
