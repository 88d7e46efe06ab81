/**
 * `smolvm microvm kill`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { killMachineCommand } from "../../actions/kill.ts";
import { withMachines } from "../context/machines.ts";
import { readSignal } from "../options/signal_option.ts";
import { writeLine } from "../terminal/output.ts";

/** The command. */
export function killCommand(): Command {
  return new Command("kill")
    .description(
      "send a signal to the commands of machines; KILL ends the machines, without losing what was written",
    )
    .argument("<machine...>", "which ones")
    .option("-s, --signal <signal>", "by name or number", "KILL")
    .action(async (names: string[], options: { signal: string }) => {
      const signal = readSignal("--signal", options.signal);
      await withMachines(async (context) => {
        const found = names.map((name) => findMachine(name, context).spec);
        for (const spec of found) {
          await killMachineCommand(spec, signal, context);
          writeLine(spec.name);
        }
      });
    });
}
