/**
 * Containers of a machine and their states.
 *
 * @module
 */
import type { ContainerRecord, ContainerRun } from "../machines/container_records.ts";
import type { ContainerSpec } from "../machines/container_spec.ts";
import { machineFolder } from "../machines/folder.ts";
import { isSupervised } from "../machines/liveness.ts";
import { VM_ENDED } from "../machines/run_end.ts";
import type { MachineContext } from "./machine_context.ts";

/** The state of a container. */
export type ContainerState =
  | { readonly state: "created" | "running" }
  | { readonly state: "stopped"; readonly exitCode: number | null; readonly reason?: string };

/** A container as it is and what it does. */
export type ContainerFacts = ContainerRecord & { readonly state: ContainerState };

/** Containers of a machine with their states, the oldest first. */
export function listContainers(
  machine: { readonly id: string },
  { records, paths }: Pick<MachineContext, "records" | "paths">,
): ContainerFacts[] {
  const supervised = isSupervised(machineFolder(paths, machine.id));
  return records.containers.list(machine.id)
    .map((record) => ({ ...record, state: containerState(record.run, supervised) }));
}

/** Judges a container: what ran when its VM went away has stopped with it. Pure. */
export function containerState(run: ContainerRun | undefined, supervised: boolean): ContainerState {
  if (!run) return { state: "created" };
  if (run.end) {
    const { exitCode, failure } = run.end;
    return { state: "stopped", exitCode, ...(failure !== undefined && { reason: failure }) };
  }
  return supervised ? { state: "running" } : { state: "stopped", exitCode: null, reason: VM_ENDED };
}

/** What a person calls a container: its name, or its id where it has none. */
export function containerTitle({ name, id }: Pick<ContainerSpec, "name" | "id">): string {
  return name ?? id;
}
