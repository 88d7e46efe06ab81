/**
 * `smolvm microvm inspect`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { inspectMachine } from "../../actions/list_machines.ts";
import { withMachines } from "../context/machines.ts";
import { writeJson } from "../terminal/output.ts";

/** The command. */
export function inspectCommand(): Command {
  return new Command("inspect")
    .description("print all that is known of machines, as a JSON list")
    .argument("<machine...>", "which ones")
    .action(async (names: string[]) => {
      writeJson(
        await withMachines((context) => {
          const found = names.map((name) => findMachine(name, context));
          return Promise.all(found.map((record) => inspectMachine(record, context)));
        }),
      );
    });
}
