/**
 * `smolvm microvm status`: one machine, all of it.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { inspectMachine } from "../../actions/list_machines.ts";
import { withMachines } from "../context/machines.ts";
import { writeJson, writeLine } from "../terminal/output.ts";
import { describeMachine } from "./table.ts";

/** The command. */
export function statusCommand(): Command {
  return new Command("status")
    .description("say what a machine is and does")
    .argument("[machine]", "which one (default: default)")
    .option("--json", "as JSON")
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const facts = await withMachines((context) => inspectMachine(findMachine(name, context), context));
      if (json) return writeJson(facts);
      for (const line of describeMachine(facts)) writeLine(line);
    });
}
