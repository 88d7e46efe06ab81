/**
 * `smolvm container restart`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { containerTitle } from "../../actions/list_containers.ts";
import { startContainers } from "../../actions/start_containers.ts";
import { stopContainers } from "../../actions/stop_containers.ts";
import { withMachines } from "../context/machines.ts";
import { parseDuration } from "../options/values.ts";
import { writeLine } from "../terminal/output.ts";

/** The command. */
export function containerRestart(): Command {
  return new Command("restart")
    .description("stop containers, as stop does, and start them; one that does not run is started")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .option("-t, --time <seconds>", "what a container is given before it is killed", "10")
    .action(async (name: string, words: string[], { time }: { time: string }) => {
      const patience = parseDuration("--time", time);
      await withMachines(async (context) => {
        const { spec } = findMachine(name, context);
        await stopContainers(spec, words, context, { patience });
        await startContainers(spec, words, context, (one) => writeLine(containerTitle(one)));
      });
    });
}
