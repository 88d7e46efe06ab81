/**
 * `smolvm container inspect`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { listContainers } from "../../actions/list_containers.ts";
import { withMachines } from "../context/machines.ts";
import { refuseOption } from "../options/values.ts";
import { writeJson } from "../terminal/output.ts";

/** The command. */
export function containerInspect(): Command {
  return new Command("inspect")
    .description("print all that is known of containers, as a JSON list")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .action(async (name: string, words: string[]) => {
      refuseOption(words[0] ?? "", "the machine");
      writeJson(
        await withMachines((context) => {
          const { spec: machine } = findMachine(name, context);
          const ids = words.map((word) => context.records.containers.find(machine, word).spec.id);
          const all = listContainers(machine, context);
          return ids.flatMap((id) =>
            all.filter(({ spec }) => spec.id === id).map(({ spec, state }) => ({ ...spec, ...state }))
          );
        }),
      );
    });
}
