/**
 * `smolvm container ls`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { listContainers } from "../../actions/list_containers.ts";
import { withMachines } from "../context/machines.ts";
import { addFilterOption, type FilterOptions, readFilters } from "../options/filters.ts";
import { writeJson, writeLine } from "../terminal/output.ts";
import { containerTable } from "./table.ts";

interface ListOptions extends FilterOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function containerLs(): Command {
  return addFilterOption(new Command("ls"))
    .alias("list")
    .description("list the containers of a machine that run")
    .argument("[machine]", "which one (default: default)")
    .option("-a, --all", "those that do not run, too")
    .option("-q, --quiet", "ids only")
    .option("--json", "as JSON")
    .action(async (name: string | undefined, { all, quiet, json, filter }: ListOptions) => {
      const wanted = readFilters({ filter });
      const containers = await withMachines((context) =>
        listContainers(findMachine(name, context).spec, context)
      );
      // Who asks for a state wants those, too, that do not run.
      const every = all || filter.some((word) => word.startsWith("status="));
      const shown = containers.filter(({ spec, state: { state } }) =>
        (every || state === "running") && wanted({ ...spec, name: spec.name ?? "", state })
      );
      if (json) return writeJson(shown.map(({ spec, state }) => ({ ...spec, ...state })));
      const lines = quiet ? shown.map(({ spec }) => spec.id) : containerTable(shown, Date.now());
      for (const line of lines) writeLine(line);
    });
}
