/**
 * What a use case of machines works with: this host, and the table of its machines, open meanwhile.
 *
 * @module
 */
import { MachineRecords, type TableRepair } from "../machines/records.ts";
import type { Host } from "../payload/host.ts";

/** This host with its machines. */
export interface MachineContext extends Host {
  readonly records: MachineRecords;
}

/** How the table is opened. */
export interface TableOptions {
  /** Told what was wrong with the table, for a person to know. */
  readonly onRepair?: (repair: TableRepair) => void;
}

/**
 * Opens the table for a use case, and closes it behind that.
 *
 * @throws {SmolvmError} kind `state` when the table cannot be read or written, and what the use case throws
 */
export async function withMachines<T>(
  host: Host,
  useCase: (context: MachineContext) => Promise<T> | T,
  options: TableOptions = {},
): Promise<T> {
  using records = await MachineRecords.open(host.paths);
  if (records.repair) options.onRepair?.(records.repair);
  return await useCase({ ...host, records });
}
