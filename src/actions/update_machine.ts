/**
 * Changes what a machine is. A VM has what it was started with, so that the next start brings the change.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { ask } from "../client/ask.ts";
import { connectSupervisor } from "../client/connect.ts";
import { namedFailure } from "../host/named_failure.ts";
import type { Paths } from "../host/paths.ts";
import { debug } from "../log.ts";
import { causeWords } from "../host/system_words.ts";
import { machineFolder } from "../machines/folder.ts";
import { isSupervised } from "../machines/liveness.ts";
import type { MachineRecords } from "../machines/records.ts";
import type { MachineDevices, MachineSpec } from "../machines/spec.ts";
import { changeSpec, finishSpecChange } from "../machines/spec_file.ts";
import { takeTurn } from "../machines/turn.ts";
import type { NetworkWords } from "../net/policy/network_spec.ts";
import { findMachine } from "./find_machine.ts";
import type { MachineContext } from "./machine_context.ts";
import { networkOf, stored } from "./network_wish.ts";
import { type VmSize, vmSize } from "./vm_size.ts";

/** Longest wait for the answer, in milliseconds. */
const ANSWER_MILLISECONDS = 10_000;

/** What is to change; what is absent stays. */
export interface MachineChange extends Partial<VmSize> {
  readonly restart?: MachineSpec["restart"];
  readonly engine?: MachineSpec["engine"];
  /** Set, each in place of one of its name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Names of labels that are taken away. */
  readonly labelsGone?: readonly string[];
  /** What it reaches, in place of all that it reached. */
  readonly network?: NetworkWords;
}

/** Where a machine is changed. */
export interface UpdateContext extends Pick<MachineContext, "paths"> {
  readonly records: Pick<MachineRecords, "get" | "setSpec">;
}

/** A machine that was changed. */
export interface UpdatedMachine {
  readonly spec: MachineSpec;
  /** It runs. */
  readonly running: boolean;
  /** Whether it runs as it was, so that the next start brings the change; a network's rules are changed at once. */
  readonly pending: boolean;
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
  const { network: words, ...rest } = change;
  const network = words && stored(await networkOf(words));
  using _turn = await takeTurn(findMachine(name, context).spec, paths);
  // Others may have changed it while their turns were waited for.
  const { spec } = findMachine(name, context);
  const folder = machineFolder(paths, spec.id);
  const running = isSupervised(folder);
  const changed = changedSpec(spec, { ...rest, ...(network && { network }) });
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
    const words = causeWords(cause);
    throw new SmolvmError("state", { ...wanted, ...words, cause });
  }
  const live = running && await changeLive(spec, changed, paths);
  return { spec: changed, running, pending: running && !live };
}

/** Has the supervisor of a machine that runs change its network. @returns whether that is all of the change */
async function changeLive(before: MachineSpec, after: MachineSpec, paths: Paths): Promise<boolean> {
  const { network } = after.devices;
  if (network === "none" || before.devices.network === "none") return false;
  const rest = (spec: MachineSpec) =>
    JSON.stringify({ ...spec, labels: {}, devices: { ...spec.devices, network } });
  // A program that runs gets no placeholder any more, so that a new secret comes at the next start.
  const { hasSecretsOf } = await import("../net/policy/secret_rule.ts");
  const isAll = rest(before) === rest(after) && hasSecretsOf(network.secrets, before.devices.network.secrets);
  try {
    using link = await connectSupervisor(after, paths);
    const answer = link && await ask(link, { kind: "set-network", network }, ANSWER_MILLISECONDS);
    return answer?.kind === "done" && isAll;
  } catch (error) {
    // One that is older than this command, or is about to end.
    debug("the network stays as it was", { reason: String(error) });
    return false;
  }
}

/** The spec with the change. Pure. @throws {SmolvmError} kind `usage` when a value is not allowed */
export function changedSpec(
  spec: MachineSpec,
  change: Omit<MachineChange, "network"> & { readonly network?: MachineDevices["network"] },
): MachineSpec {
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
  const network = change.network ?? devices.network;
  const kept = Object.entries(spec.labels).filter(([key]) => !change.labelsGone?.includes(key));
  return {
    ...spec,
    ...size,
    devices: { ...devices, storage: { ...devices.storage, bytes: diskBytes }, network },
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
