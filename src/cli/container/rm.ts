/**
 * `smolvm container rm`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { containerTitle } from "../../actions/list_containers.ts";
import { removeContainer } from "../../actions/remove_container.ts";
import { withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";

/** The command. */
export function containerRm(): Command {
  return new Command("rm")
    .alias("delete")
    .description("remove containers with all they hold")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .option("-f, --force", "kill those that run")
    .action(async (name: string, words: string[], { force = false }: { force?: boolean }) => {
      await withMachines(async (context) => {
        const { spec } = findMachine(name, context);
        for (const word of words) {
          writeLine(containerTitle(await removeContainer(spec, word, context, { force })));
        }
      });
    });
}
