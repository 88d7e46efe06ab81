/**
 * `smolvm microvm restart`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { portsOf, startMachine } from "../../actions/start_machine.ts";
import { stopMachine } from "../../actions/stop_machine.ts";
import { onEngine } from "../../actions/wanted_engine.ts";
import { withMachines } from "../context/machines.ts";
import { parseDuration } from "../options/values.ts";
import { chosenPorts } from "../terminal/chosen_ports.ts";
import { warn, writeLine } from "../terminal/output.ts";

/** The command. */
export function restartCommand(): Command {
  return new Command("restart")
    .description(
      "stop machines, as stop does, and start them in the background; one that does not run is started",
    )
    .argument("<machine...>", "which ones")
    .option("-t, --time <seconds>", "what a command is given before it is killed", "10")
    .action(async (names: string[], { time }: { time: string }) => {
      const patience = parseDuration("--time", time);
      await withMachines(async (context) => {
        const found = names.map((name) => findMachine(name, context).spec);
        for (const spec of found) {
          await stopMachine(spec, context, patience);
          const reached = await startMachine(spec, onEngine(context, spec, undefined));
          const ports = await portsOf(spec, reached);
          reached.link?.close();
          writeLine(spec.name);
          chosenPorts(spec.devices.ports, ports).forEach(warn);
        }
      });
    });
}
