/**
 * `smolvm container start`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { containerTitle } from "../../actions/list_containers.ts";
import { startContainers } from "../../actions/start_containers.ts";
import { withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";

/** The command. */
export function containerStart(): Command {
  return new Command("start")
    .description("start containers in the background, and their machine if it does not run")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .action(async (name: string, words: string[]) => {
      await withMachines(async (context) => {
        const { spec } = findMachine(name, context);
        await startContainers(spec, words, context, (one) => writeLine(containerTitle(one)));
      });
    });
}
