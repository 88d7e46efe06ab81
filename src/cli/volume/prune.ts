/**
 * `smolvm volume prune`.
 *
 * @module
 */
import { Command } from "commander";
import { pruneVolumes } from "../../actions/remove_volumes.ts";
import { SmolvmError } from "../../error.ts";
import { processHost } from "../context/process_host.ts";
import { collect } from "../options/values.ts";
import { writeJson, writeLine } from "../terminal/output.ts";
import { humanSize } from "../terminal/table.ts";
import { readVolumeFilters, VOLUME_FILTERS } from "./filters.ts";

interface PruneOptions {
  readonly filter: readonly string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function volumePrune(): Command {
  return new Command("prune")
    .description("remove every volume that no machine refers to and no VM has")
    .option("-f, --force", "ask nothing")
    .option("-a, --all", "accepted: those with a name are removed too")
    .option("--filter <key=value>", `only those of a ${VOLUME_FILTERS}`, collect, [])
    .option("--json", "print what was removed as JSON")
    .action(async ({ filter, force = false, json }: PruneOptions) => {
      const wanted = readVolumeFilters(filter);
      if (!force) confirmPrune();
      const pruned = await pruneVolumes(processHost(), wanted);
      if (json) return writeJson(pruned);
      for (const name of pruned.volumes) writeLine(`removed ${name}`);
      writeLine(`freed ${humanSize(pruned.bytes)}`);
    });
}

/** Asks whoever sits at a terminal; a script is not asked. */
function confirmPrune(): void {
  if (!Deno.stdin.isTerminal()) return;
  if (confirm("Remove every volume that no machine refers to, with all it holds?")) return;
  throw new SmolvmError("canceled", {
    action: "remove volumes",
    reason: "it was not confirmed",
    exitCode: 1,
  });
}
