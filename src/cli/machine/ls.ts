/**
 * `smolvm microvm ls`: all machines, a line each.
 *
 * @module
 */
import { Command } from "commander";
import { listMachines } from "../../actions/list_machines.ts";
import { withMachines } from "../context/machines.ts";
import { warn, writeJson, writeLine } from "../terminal/output.ts";
import { describeMachine, machineTable } from "./table.ts";

interface ListOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function listCommand(): Command {
  return new Command("ls")
    .alias("list")
    .description("list machines")
    .option("-v, --verbose", "all that is known of each")
    .option("-a, --all", "accepted: machines that do not run are always listed")
    .option("-q, --quiet", "names only")
    .option("--json", "as JSON")
    .action(async ({ verbose, quiet, json }: ListOptions) => {
      await withMachines(async (context) => {
        if (quiet) return context.records.names().forEach(writeLine);
        const machines = await listMachines(context, (name, { reason }) => warn(`${name}: ${reason}`));
        if (json) return writeJson(machines);
        const lines = verbose
          ? machines.flatMap((one, index) => [...(index > 0 ? [""] : []), ...describeMachine(one)])
          : machineTable(machines, Date.now());
        for (const line of lines) writeLine(line);
      });
    });
}
