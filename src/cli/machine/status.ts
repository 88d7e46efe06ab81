/**
 * `smolvm microvm status` and `ls`.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { machineFolder } from "../../machines/folder.ts";
import type { MachineRecord } from "../../machines/records.ts";
import type { MachineSpec } from "../../machines/spec.ts";
import { type MachineState, machineState } from "../../actions/machine_state.ts";
import { type MachineContext, namedMachine, withMachines } from "../context/machines.ts";
import { describeMachine, machineTable, type ShownMachine } from "./table.ts";
import { warn, writeJson, writeLine } from "../terminal/output.ts";

/** `status`: one machine, all of it. */
export function statusCommand(): Command {
  return new Command("status")
    .description("say what a machine is and does")
    .argument("[machine]", "which one (default: default)")
    .option("--json", "as JSON")
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      await withMachines(async (context) => {
        const shown = await show(namedMachine(name, context), context);
        if (json) return writeJson(shown);
        for (const line of describeMachine(shown)) writeLine(line);
      });
    });
}

/** `ls`: all machines, a line each. */
export function listCommand(): Command {
  return new Command("ls")
    .alias("list")
    .description("list machines")
    .option("-v, --verbose", "all that is known of each")
    .option("-q, --quiet", "names only")
    .option("--json", "as JSON")
    .action(async (options: { verbose?: boolean; quiet?: boolean; json?: boolean }) => {
      await withMachines(async (context) => {
        const names = context.records.names();
        if (options.quiet) {
          for (const name of names) writeLine(name);
          return;
        }
        const shown = (await Promise.all(names.map((name) => tryShow(name, context)))).flatMap((one) =>
          one ?? []
        );
        if (options.json) return writeJson(shown);
        if (!options.verbose) {
          for (const line of machineTable(shown, Date.now())) writeLine(line);
          return;
        }
        shown.forEach((one, index) => {
          if (index > 0) writeLine("");
          for (const line of describeMachine(one)) writeLine(line);
        });
      });
    });
}

/** One bad record must not hide the others; one that was deleted meanwhile is gone. */
async function tryShow(name: string, context: MachineContext): Promise<ShownMachine | undefined> {
  try {
    const record = context.records.get(name);
    return record && await show(record, context);
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
    warn(`${name}: ${error.reason}`);
    return undefined;
  }
}

async function show(record: MachineRecord, context: MachineContext): Promise<ShownMachine> {
  const { paths } = context;
  const state: MachineState = await machineState(record, context);
  const { devices, ...spec }: MachineSpec = record.spec;
  const disk = { diskBytes: devices.storage.bytes, diskUsed: diskUsed(machineFolder(paths, spec.id).disk) };
  return { ...spec, ...state, ...disk };
}

/** Blocks a sparse file takes, in bytes. */
function diskUsed(path: string): number {
  try {
    return (Deno.statSync(path).blocks ?? 0) * 512;
  } catch {
    return 0;
  }
}
