/**
 * Machines as they are and what they do.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { machineFolder } from "../machines/folder.ts";
import type { MachineRecord } from "../machines/records.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { MachineContext } from "./machine_context.ts";
import { type MachineState, machineState } from "./machine_state.ts";

/** A machine: what it is, what it does, and what it takes. */
export type MachineFacts = Omit<MachineSpec, "devices"> & MachineState & {
  /** Size of its disk, in bytes. */
  readonly diskBytes: number;
  /** Bytes its disk takes on the host. */
  readonly diskUsed: number;
};

/** Finds out about a machine. */
export async function inspectMachine(record: MachineRecord, context: MachineContext): Promise<MachineFacts> {
  const state = await machineState(record, context);
  const { devices, ...spec } = record.spec;
  const { disk } = machineFolder(context.paths, spec.id);
  return { ...spec, ...state, diskBytes: devices.storage.bytes, diskUsed: diskUsed(disk) };
}

/**
 * All machines, sorted by name. One that was deleted meanwhile is left out.
 *
 * @param onUnreadable told of one whose record cannot be read, which must not hide the others
 */
export async function listMachines(
  context: MachineContext,
  onUnreadable: (name: string, error: SmolvmError) => void = () => {},
): Promise<MachineFacts[]> {
  const inspect = async (name: string): Promise<MachineFacts[]> => {
    try {
      const record = context.records.get(name);
      return record ? [await inspectMachine(record, context)] : [];
    } catch (error) {
      if (!(error instanceof SmolvmError)) throw error;
      onUnreadable(name, error);
      return [];
    }
  };
  return (await Promise.all(context.records.names().map(inspect))).flat();
}

/** Blocks a sparse file takes, in bytes. */
function diskUsed(path: string): number {
  try {
    return (Deno.statSync(path).blocks ?? 0) * 512;
  } catch {
    return 0;
  }
}
