/**
 * The use cases of machines that stay: create, start, stop, delete, and what each needs to know.
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import { signalProcess } from "../host/process.ts";
import { createStorage } from "../host/storage.ts";
import { machineFolder, SPEC_FILE } from "./machine_folder.ts";
import type { MachineRecord, MachineRecords } from "./records.ts";
import { DEFAULT_MACHINE, type MachineSpec, SPEC_VERSION } from "./spec.ts";
import { isSupervised } from "./state.ts";
import { ask, changesLock, connectSupervisor } from "./supervisor_client.ts";

/** Beyond what the command is given: unmounting, and a VM under emulation. */
const STOP_GRACE_MILLISECONDS = 15_000;

/** How long a killed supervisor's lock may stay, in milliseconds. */
const KILL_MILLISECONDS = 5_000;

/** What a machine is made of; the rest is decided here. */
export type NewMachine = Omit<MachineSpec, "version" | "id" | "created">;

/**
 * Creates a machine: its folder and its disk first, its record last, so that a half-made one is none.
 *
 * @param templates path of the part `storage.json`
 * @throws {SmolvmError} kind `usage` when the name is taken, kind `state` when the disk cannot be made
 */
export function createMachine(
  machine: NewMachine,
  context: { records: MachineRecords; paths: Paths; templates: string },
): MachineSpec {
  const id = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
  const spec: MachineSpec = { version: SPEC_VERSION, id, created: new Date().toISOString(), ...machine };
  const folder = machineFolder(context.paths, id);
  Deno.mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  try {
    createStorage(folder.disk, spec.diskBytes, context.templates);
    Deno.writeTextFileSync(join(folder.path, SPEC_FILE), JSON.stringify(spec, null, 2), { mode: 0o600 });
    context.records.create(spec);
    return spec;
  } catch (error) {
    Deno.removeSync(folder.path, { recursive: true });
    throw error;
  }
}

/**
 * The machine of a name; the default one is made when it is first asked for.
 *
 * @throws {SmolvmError} kind `usage` when there is none
 */
export function findMachine(
  name: string,
  records: MachineRecords,
  makeDefault?: () => MachineSpec,
): MachineRecord {
  const found = records.get(name);
  if (found) return found;
  if (name !== DEFAULT_MACHINE || !makeDefault) throw unknownMachine(name);
  try {
    return { spec: makeDefault(), run: undefined };
  } catch (error) {
    // Somebody else was faster.
    const made = records.get(name);
    if (made) return made;
    throw error;
  }
}

/** The error for a name that nobody has. */
export function unknownMachine(name: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "find the machine",
    subject: name,
    reason: "there is none of that name",
    remedy: "see smolvm microvm ls, or create it with smolvm microvm create",
  });
}

/**
 * Stops a machine in order: stop signal, patience, SIGKILL, unmounted, gone.
 *
 * @param patience what its command is given, in milliseconds
 * @returns whether it ran
 * @throws {SmolvmError} kind `guest` when it does not end
 */
export async function stopMachine(record: MachineRecord, paths: Paths, patience: number): Promise<boolean> {
  const folder = machineFolder(paths, record.spec.id);
  if (!isSupervised(folder)) return false;
  using link = await connectSupervisor(folder.socket);
  const answer = link && await ask(
    link,
    { kind: "stop", timeoutMilliseconds: patience },
    patience + STOP_GRACE_MILLISECONDS,
  );
  if (answer?.kind !== "stopped" && isSupervised(folder)) {
    throw new SmolvmError("guest", {
      action: "stop the machine",
      subject: record.spec.name,
      reason: "its supervisor does not answer",
      remedy: `end it with smolvm microvm stop --force ${record.spec.name}`,
    });
  }
  await released(folder.lock);
  return true;
}

/**
 * Kills a machine's supervisor, and with it the VM.
 *
 * @returns whether it ran
 * @throws {SmolvmError} kind `state` when it does not go away
 */
export async function killMachine(
  record: Pick<MachineRecord, "run"> & { readonly spec: { readonly id: string } },
  paths: Paths,
): Promise<boolean> {
  const folder = machineFolder(paths, record.spec.id);
  if (!isSupervised(folder)) return false;
  if (record.run) signalProcess(record.run.supervisor, "SIGKILL");
  await released(folder.lock);
  return true;
}

/**
 * Deletes a machine that does not run: record first, so that nobody starts what is being removed.
 *
 * @throws {SmolvmError} kind `state` when it runs
 */
export async function deleteMachine(
  spec: { readonly id: string; readonly name: string },
  context: { records: MachineRecords; paths: Paths },
): Promise<void> {
  const folder = machineFolder(context.paths, spec.id);
  using _turn = await changesLock(context.paths, spec);
  if (isSupervised(folder)) {
    throw new SmolvmError("state", {
      action: "delete the machine",
      subject: spec.name,
      reason: "it is running",
      remedy: `stop it with smolvm microvm stop ${spec.name}, or delete it with -f`,
    });
  }
  context.records.remove(spec.id);
  for (const path of [folder.path, folder.socket, folder.changes]) {
    try {
      Deno.removeSync(path, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Waits until a supervisor has let its lock go. */
async function released(lock: string): Promise<void> {
  try {
    using _lock = await FileLock.acquire(lock, {
      shared: true,
      signal: AbortSignal.timeout(KILL_MILLISECONDS),
    });
  } catch (cause) {
    throw new SmolvmError("state", {
      action: "end the machine's supervisor",
      subject: lock,
      reason: "it is still there",
      remedy: "look for a process smolvm _supervise",
      cause,
    });
  }
}
