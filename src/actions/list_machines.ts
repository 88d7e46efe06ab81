/**
 * Machines as they are and what they do.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { machineFolder } from "../machines/folder.ts";
import type { MachineRecord } from "../machines/records.ts";
import type { PortProtocol, PublishedPort } from "../ports/published_port.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { Share } from "../shares/share.ts";
import type { VolumeUse } from "../volumes/use.ts";
import type { MachineContext } from "./machine_context.ts";
import { type MachineState, machineState } from "./machine_state.ts";

/** A machine: what it is, what it does, and what it takes. */
export type MachineFacts = Omit<MachineSpec, "devices"> & MachineState & {
  /** Ports that are published. */
  readonly ports: readonly PortFacts[];
  /** Folders and files of the host in it. */
  readonly shares: readonly Share[];
  /** Volumes in it. */
  readonly volumes: readonly VolumeUse[];
  /** What it reaches. */
  readonly network: MachineSpec["devices"]["network"];
  /** Size of its disk, in bytes. */
  readonly diskBytes: number;
  /** Bytes its disk takes on the host. */
  readonly diskUsed: number;
};

/** A published port. */
export interface PortFacts {
  readonly address: string;
  /** Port of the host; `null` while it is not chosen. */
  readonly host: number | null;
  readonly guest: number;
  readonly protocol: PortProtocol;
}

/** Finds out about a machine. */
export async function inspectMachine(record: MachineRecord, context: MachineContext): Promise<MachineFacts> {
  const state = await machineState(record, context);
  const { devices, ...spec } = record.spec;
  const { disk } = machineFolder(context.paths, spec.id);
  return {
    ...spec,
    ...state,
    ports: portFacts(devices.ports, state),
    shares: devices.shares,
    volumes: devices.volumes,
    network: devices.network,
    diskBytes: devices.storage.bytes,
    diskUsed: diskUsed(disk),
  };
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

/** Ports as they are served; of a machine that does not run, as they are wanted. */
function portFacts(wanted: readonly PublishedPort[], state: MachineState): PortFacts[] {
  if (state.state === "running") {
    return state.live.ports.map((port) => ({ ...port, address: port.address || "127.0.0.1" }));
  }
  return wanted.map(({ address, host, hostLast, guest, protocol }) => {
    const known = host !== 0 && host === hostLast;
    return { address: address || "127.0.0.1", host: known ? host : null, guest, protocol };
  });
}

/** Blocks a sparse file takes, in bytes. */
function diskUsed(path: string): number {
  try {
    return (Deno.statSync(path).blocks ?? 0) * 512;
  } catch {
    return 0;
  }
}
