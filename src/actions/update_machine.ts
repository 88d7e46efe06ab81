/**
 * Changes what a machine is. A VM has what it was started with, so that the next start brings the change.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { namedFailure } from "../host/named_failure.ts";
import { systemWords } from "../host/system_words.ts";
import { machineFolder } from "../machines/folder.ts";
import { isSupervised } from "../machines/liveness.ts";
import type { MachineRecords } from "../machines/records.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { changeSpec, finishSpecChange } from "../machines/spec_file.ts";
import { takeTurn } from "../machines/turn.ts";
import { findMachine } from "./find_machine.ts";
import type { MachineContext } from "./machine_context.ts";
import { type VmSize, vmSize } from "./vm_size.ts";

/** What is to change; what is absent stays. */
export interface MachineChange extends Partial<VmSize> {
  readonly restart?: MachineSpec["restart"];
  readonly engine?: MachineSpec["engine"];
  /** Set, each in place of one of its name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Names of labels that are taken away. */
  readonly labelsGone?: readonly string[];
}

/** Where a machine is changed. */
export interface UpdateContext extends Pick<MachineContext, "paths"> {
  readonly records: Pick<MachineRecords, "get" | "setSpec">;
}

/** A machine that was changed. */
export interface UpdatedMachine {
  readonly spec: MachineSpec;
  /** It runs, as it was: the next start brings the change. */
  readonly running: boolean;
}

/**
 * Changes a machine.
 *
 * @throws {SmolvmError} kind `usage` when there is none of that name, a value is out of bounds, or its disk would
 * shrink; kind `state` when its disk is to grow while it runs, or the change cannot be written: then nothing of it is
 */
export async function updateMachine(
  name: string,
  change: MachineChange,
  context: UpdateContext,
): Promise<UpdatedMachine> {
  const { paths, records } = context;
  using _turn = await takeTurn(findMachine(name, context).spec, paths);
  // Others may have changed it while their turns were waited for.
  const { spec } = findMachine(name, context);
  const folder = machineFolder(paths, spec.id);
  const running = isSupervised(folder);
  const changed = changedSpec(spec, change);
  const { bytes } = changed.devices.storage;
  const grows = bytes > spec.devices.storage.bytes;
  if (grows && running) throw diskInUse(name);
  try {
    finishSpecChange(folder, spec);
    // The filesystem on it grows at the next start. A disk that is longer than its spec says does no harm.
    if (grows) Deno.truncateSync(folder.disk, bytes);
    changeSpec(folder, changed, () => records.setSpec(changed));
  } catch (cause) {
    const wanted = { action: "change the machine", subject: name };
    if (cause instanceof SmolvmError) throw namedFailure(cause, wanted);
    const words = systemWords(cause) ?? { reason: (cause as Error).message };
    throw new SmolvmError("state", { ...wanted, ...words, cause });
  }
  return { spec: changed, running };
}

/** The spec with the change. Pure. @throws {SmolvmError} kind `usage` when a value is not allowed */
export function changedSpec(spec: MachineSpec, change: MachineChange): MachineSpec {
  const { cpus, memoryMiB, devices } = spec;
  const given = { cpus: change.cpus, memoryMiB: change.memoryMiB, diskBytes: change.diskBytes };
  const wished = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { diskBytes, ...size } = vmSize({ cpus, memoryMiB, diskBytes: devices.storage.bytes, ...wished });
  if (diskBytes < devices.storage.bytes) {
    throw new SmolvmError("usage", {
      action: "change the machine",
      subject: spec.name,
      reason: `its disk has ${devices.storage.bytes / 2 ** 20} MiB, and a disk only grows`,
      remedy: "create another machine, and copy what you need with smolvm microvm cp",
    });
  }
  const kept = Object.entries(spec.labels).filter(([key]) => !change.labelsGone?.includes(key));
  return {
    ...spec,
    ...size,
    devices: { ...devices, storage: { ...devices.storage, bytes: diskBytes } },
    labels: { ...Object.fromEntries(kept), ...change.labels },
    restart: change.restart ?? spec.restart,
    engine: change.engine ?? spec.engine,
  };
}

function diskInUse(name: string): SmolvmError {
  return new SmolvmError("state", {
    action: "change the machine",
    subject: name,
    reason: "its disk cannot grow while it runs",
    remedy: `stop it with smolvm microvm stop ${name}`,
  });
}
