/**
 * `smolvm microvm ls`: all machines, a line each.
 *
 * @module
 */
import { Command } from "commander";
import { listMachines } from "../../actions/list_machines.ts";
import { withMachines } from "../context/machines.ts";
import { addFilterOption, type FilterOptions, readFilters } from "../options/filters.ts";
import { warn, writeJson, writeLine } from "../terminal/output.ts";
import { describeMachine, machineTable } from "./table.ts";

interface ListOptions extends FilterOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function listCommand(): Command {
  return addFilterOption(new Command("ls"))
    .alias("list")
    .description("list machines")
    .option("-v, --verbose", "all that is known of each")
    .option("-a, --all", "accepted: machines that do not run are always listed")
    .option("-q, --quiet", "names only")
    .option("--json", "as JSON")
    .action(async ({ verbose, quiet, json, filter }: ListOptions) => {
      const wanted = readFilters({ filter });
      await withMachines(async (context) => {
        if (quiet && filter.length === 0) return context.records.names().forEach(writeLine);
        const all = await listMachines(context, (name, { reason }) => warn(`${name}: ${reason}`));
        const machines = all.filter(wanted);
        if (quiet) return machines.forEach(({ name }) => writeLine(name));
        if (json) return writeJson(machines);
        const lines = verbose
          ? machines.flatMap((one, index) => [...(index > 0 ? [""] : []), ...describeMachine(one)])
          : machineTable(machines, Date.now());
        for (const line of lines) writeLine(line);
      });
    });
}
