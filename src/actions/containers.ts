/**
 * Use cases of containers in machines that need more than one part: removing one, judging one.
 *
 * @module
 */
import { join } from "node:path";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import type { ContainerRecord, ContainerRun } from "../machines/container_records.ts";
import { type ContainerSpec, encodeContainerSpec } from "../machines/container_spec.ts";
import { CONTAINER_FILE, machineFolder } from "../machines/folder.ts";
import type { MachineRecords } from "../machines/records.ts";
import { VM_ENDED } from "../machines/run_end.ts";
import { isSupervised } from "../machines/liveness.ts";
import { ask } from "../client/ask.ts";
import { reachMachine } from "../client/reach.ts";
import type { SupervisorHost } from "../client/start.ts";
import type { MachineSpec } from "../machines/spec.ts";

/** How long the guest may take to remove a container's files, in milliseconds. */
const REMOVE_MILLISECONDS = 60_000;

/** The state of a container. */
export type ContainerState =
  | { readonly state: "created" | "running" }
  | { readonly state: "stopped"; readonly exitCode: number | null; readonly reason?: string };

/** Judges a container: what ran when its VM went away has stopped with it. Pure. */
export function containerState(run: ContainerRun | undefined, supervised: boolean): ContainerState {
  if (!run) return { state: "created" };
  if (run.end) {
    const { exitCode, failure } = run.end;
    return { state: "stopped", exitCode, ...(failure !== undefined && { reason: failure }) };
  }
  return supervised ? { state: "running" } : { state: "stopped", exitCode: null, reason: VM_ENDED };
}

/**
 * Creates a container: its record, which takes the name, then its folder.
 *
 * @throws {SmolvmError} kind `usage` when its name is taken
 */
export function createContainer(
  machine: MachineSpec,
  spec: ContainerSpec,
  { records, paths }: { records: MachineRecords; paths: Paths },
): void {
  records.containers.create(machine, spec);
  const folder = join(machineFolder(paths, machine.id).containers, spec.id);
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(join(folder, CONTAINER_FILE), encodeContainerSpec(spec), { mode: 0o600 });
  } catch (cause) {
    records.containers.remove(spec.id);
    const reason = (cause as Error).message;
    throw new SmolvmError("state", { action: "create the container", subject: spec.id, reason, cause });
  }
}

/** Containers of a machine with their states. */
export function listContainers(
  machine: MachineSpec,
  { records, paths }: { records: MachineRecords; paths: Paths },
): (ContainerRecord & { readonly state: ContainerState })[] {
  const supervised = isSupervised(machineFolder(paths, machine.id));
  return records.containers.list(machine.id)
    .map((record) => ({ ...record, state: containerState(record.run, supervised) }));
}

/**
 * Removes a container: its files in the VM, which is started for that, then its log and its record.
 *
 * @throws {SmolvmError} kind `state` when it runs and is not to be killed
 */
export async function removeContainer(
  machine: MachineSpec,
  id: string,
  { records, force, ...host }: SupervisorHost & { records: MachineRecords; force: boolean },
): Promise<void> {
  const { paths } = host;
  const folder = machineFolder(paths, machine.id);
  const record = records.containers.get(id);
  const { state } = containerState(record?.run, isSupervised(folder));
  if (state === "running" && !force) {
    throw new SmolvmError("state", {
      action: "remove the container",
      subject: record?.spec.name ?? id,
      reason: "it is running",
      remedy: "stop it first, or remove it with -f",
    });
  }
  // One that was never seen to run may be starting.
  if (state !== "created" || isSupervised(folder)) {
    using link = await reachMachine(machine, host);
    await ask(link, { kind: "stop-container", container: id, timeoutMilliseconds: 0 }, REMOVE_MILLISECONDS);
    const words = { action: "remove the container", subject: record?.spec.name ?? id };
    const answer = await ask(link, { kind: "remove", container: id }, REMOVE_MILLISECONDS, words);
    if (answer?.kind !== "done") {
      throw new SmolvmError("guest", {
        ...words,
        reason: answer?.kind === "failed" ? answer.reason : "its machine did not answer",
        remedy: "try again",
      });
    }
  }
  await Deno.remove(join(folder.containers, id), { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  records.containers.remove(id);
}
