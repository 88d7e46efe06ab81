/**
 * `smolvm microvm delete`.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../error.ts";
import type { MachineRecord, MachineRecords } from "../vm/records.ts";
import { deleteMachine, killMachine, unknownMachine } from "../vm/machines.ts";
import { withMachines } from "./machine_context.ts";
import { writeLine } from "./output.ts";

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
          if (!force) confirmDeletion(name);
          if (force) await killMachine(readable(context.records, name, id), context.paths);
          await deleteMachine({ id, name }, context);
          writeLine(name);
        }
      });
    });
}

/** A record that cannot be read can still be deleted. */
function readable(records: MachineRecords, name: string, id: string): Pick<MachineRecord, "run"> & {
  spec: { id: string; name: string };
} {
  try {
    const record = records.get(name);
    if (record) return record;
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
  }
  return { spec: { id, name }, run: undefined };
}

/** A person is asked; a script must say that it means it only where something runs. */
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
