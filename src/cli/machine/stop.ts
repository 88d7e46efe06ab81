/**
 * `smolvm microvm stop`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { killMachine, stopMachine } from "../../actions/stop_machine.ts";
import { withMachines } from "../context/machines.ts";
import { parseDuration } from "../options/values.ts";
import { warn, writeLine } from "../terminal/output.ts";

/** The command. */
export function stopCommand(): Command {
  return new Command("stop")
    .description(
      "stop a machine: its command is asked to end, then everything is killed, synced and unmounted",
    )
    .argument("[machine]", "which one (default: default)")
    .option("-t, --time <seconds>", "what the command is given before it is killed", "10")
    .option("--force", "kill the VM at once; what was not synced is lost")
    .action(async (name: string | undefined, options: { time: string; force?: boolean }) => {
      const patience = parseDuration("--time", options.time);
      await withMachines(async (context) => {
        const { spec } = findMachine(name, context);
        const ran = options.force
          ? await killMachine(spec, context)
          : await stopMachine(spec, context, patience);
        if (!ran) warn(`${spec.name} is not running`);
        writeLine(spec.name);
      });
    });
}
