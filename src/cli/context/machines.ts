/**
 * What the commands for machines share: the table, the folders, and the default machine.
 *
 * @module
 */
import type { Host } from "../../payload/host.ts";
import { createMachine, findMachine } from "../../actions/machines.ts";
import { vmSize } from "../../actions/vm_size.ts";
import { type MachineRecord, MachineRecords, type TableRepair } from "../../machines/records.ts";
import { DEFAULT_MACHINE } from "../../machines/spec.ts";
import { processHost } from "./process_host.ts";
import { warn } from "../terminal/output.ts";

/** What a command works with. */
export interface MachineContext extends Host {
  readonly records: MachineRecords;
}

/** Opens the table for a command. */
export async function withMachines<T>(body: (context: MachineContext) => Promise<T>): Promise<T> {
  const host = processHost();
  const { paths } = host;
  using records = await MachineRecords.open(paths);
  if (records.repair) tell(records.repair);
  return await body({ ...host, records });
}

/** What was wrong with the table is said once, by whoever found it. */
function tell({ damagedFile, restored }: TableRepair): void {
  const found = restored.length === 0 ? "" : `; found again by their folders: ${restored.join(", ")}`;
  if (damagedFile === undefined) warn(`the table of machines had lost some${found}`);
  else warn(`the table of machines was damaged and is kept as ${damagedFile}${found}`);
}

/**
 * The machine that is meant.
 *
 * @throws {SmolvmError} kind `usage` when there is none of that name
 */
export function namedMachine(name: string | undefined, { records }: MachineContext): MachineRecord {
  return findMachine(name ?? DEFAULT_MACHINE, records);
}

/** The machine that is meant; the default one is made when it is not there yet. */
export async function usableMachine(
  name: string | undefined,
  context: MachineContext,
): Promise<MachineRecord> {
  const { records, paths, payload } = context;
  const wanted = name ?? DEFAULT_MACHINE;
  const found = records.get(wanted);
  if (found) return found;
  const templates = await payload.path("storage.json");
  const spec = {
    name: DEFAULT_MACHINE,
    ...vmSize({}),
    hostname: DEFAULT_MACHINE,
    labels: {},
    restart: "no",
    engine: "auto",
  } as const;
  return findMachine(wanted, records, () => createMachine(spec, { records, paths, templates }));
}
