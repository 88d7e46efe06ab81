/**
 * `smolvm microvm delete`.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { machineFolder } from "../../machines/folder.ts";
import { deleteMachine, stillRunning, unknownMachine } from "../../actions/machines.ts";
import { isSupervised } from "../../machines/liveness.ts";
import { withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";

/** The command. */
export function deleteCommand(): Command {
  return new Command("delete")
    .alias("rm")
    .description("delete machines with all they hold")
    .argument("<machine...>", "which ones")
    .option("-f, --force", "ask nothing, and kill those that run")
    .action(async (names: string[], { force }: { force?: boolean }) => {
      await withMachines(async (context) => {
        for (const name of names) {
          const id = context.records.idOf(name);
          if (id === undefined) throw unknownMachine(name);
          if (!force) {
            if (isSupervised(machineFolder(context.paths, id))) throw stillRunning(name);
            confirmDeletion(name);
          }
          await deleteMachine({ id, name }, context, { force: force ?? false });
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
