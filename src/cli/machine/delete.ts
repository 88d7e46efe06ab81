/**
 * `smolvm microvm delete`.
 *
 * @module
 */
import { Command } from "commander";
import { deleteMachine } from "../../actions/delete_machine.ts";
import { SmolvmError } from "../../error.ts";
import { withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";

/** The command. */
export function deleteCommand(): Command {
  return new Command("delete")
    .alias("rm")
    .description("delete machines with all they hold")
    .argument("<machine...>", "which ones")
    .option("-f, --force", "ask nothing, and kill those that run")
    .action(async (names: string[], { force = false }: { force?: boolean }) => {
      await withMachines(async (context) => {
        for (const name of names) {
          await deleteMachine(name, context, { force, ...(!force && { confirm: confirmDeletion }) });
          writeLine(name);
        }
      });
    });
}

/** Asks whoever sits at a terminal. A script is not asked: it needs --force only for a machine that runs. */
function confirmDeletion(name: string): void {
  if (!Deno.stdin.isTerminal()) return;
  if (confirm(`Delete ${name} with its disk?`)) return;
  throw new SmolvmError("canceled", {
    action: "delete",
    subject: name,
    reason: "it was not confirmed",
    exitCode: 1,
  });
}
