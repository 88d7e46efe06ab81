/**
 * `smolvm volume ls`.
 *
 * @module
 */
import { Command } from "commander";
import { listVolumes } from "../../actions/list_volumes.ts";
import { processHost } from "../context/process_host.ts";
import { collect } from "../options/values.ts";
import { warn, writeJson, writeLine } from "../terminal/output.ts";
import { readVolumeFilters, VOLUME_FILTERS } from "./filters.ts";
import { volumeTable } from "./table.ts";

interface ListOptions {
  readonly filter: readonly string[];
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function volumeLs(): Command {
  return new Command("ls")
    .alias("list")
    .description("list volumes")
    .option("-f, --filter <key=value>", `only those of a ${VOLUME_FILTERS}`, collect, [])
    .option("-q, --quiet", "names only")
    .option("--json", "print the volumes as JSON")
    .action(async ({ filter, quiet, json }: ListOptions) => {
      const wanted = readVolumeFilters(filter);
      const all = await listVolumes(processHost(), (name, { reason }) => warn(`${name}: ${reason}`));
      const volumes = all.filter(wanted);
      if (quiet) return volumes.forEach(({ name }) => writeLine(name));
      if (json) return writeJson(volumes);
      for (const line of volumeTable(volumes, Date.now())) writeLine(line);
    });
}
