/**
 * Runs use cases of machines for a command, and tells a person what was wrong with their table.
 *
 * @module
 */
import { type MachineContext, withMachines as withMachinesOf } from "../../actions/machine_context.ts";
import type { TableRepair } from "../../machines/records.ts";
import { warn } from "../terminal/output.ts";
import { processHost } from "./process_host.ts";

/** Opens the table for a command. */
export async function withMachines<T>(useCase: (context: MachineContext) => Promise<T> | T): Promise<T> {
  return await withMachinesOf(processHost(), useCase, { onRepair: (repair) => warn(repairWords(repair)) });
}

/** What was wrong with the table is said once, by whoever found it. Pure. */
export function repairWords({ damagedFile, restored }: TableRepair): string {
  const found = restored.length === 0 ? "" : `; found again by their folders: ${restored.join(", ")}`;
  if (damagedFile === undefined) return `the table of machines had lost some${found}`;
  return `the table of machines was damaged and is kept as ${damagedFile}${found}`;
}
