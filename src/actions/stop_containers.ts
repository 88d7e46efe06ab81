/**
 * Stops containers: stop signal, patience, SIGKILL.
 *
 * @module
 */
import { connectSupervisor } from "../client/connect.ts";
import type { ContainerSpec } from "../machines/container_spec.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { askContainer } from "./ask_container.ts";
import { containerTitle } from "./list_containers.ts";
import type { MachineContext } from "./machine_context.ts";
import { PATIENCE_MILLISECONDS } from "./stop_machine.ts";

/** How long a stop may take beyond the patience with the container, in milliseconds. */
const STOP_GRACE_MILLISECONDS = 30_000;

/** How containers are stopped. */
export interface StopContainersOptions {
  /** What a container is given before it is killed, in milliseconds. */
  readonly patience?: number;
  /** Told of each, once it does not run. */
  readonly onStopped?: (container: ContainerSpec) => void;
}

/**
 * Stops containers, one after the other; one that does not run is left as it is.
 *
 * @param words their names, ids, or beginnings of ids; all are found before the first is stopped
 * @throws {SmolvmError} kind `usage` when there is no such container, kind `guest` when one does not end
 */
export async function stopContainers(
  machine: MachineSpec,
  words: readonly string[],
  context: MachineContext,
  { patience = PATIENCE_MILLISECONDS, onStopped }: StopContainersOptions = {},
): Promise<void> {
  const found = words.map((word) => context.records.containers.find(machine, word).spec);
  using link = await connectSupervisor(machine, context.paths);
  for (const container of found) {
    const message = {
      kind: "stop-container",
      container: container.id,
      timeoutMilliseconds: patience,
    } as const;
    const asked = { action: "stop the container", subject: containerTitle(container) };
    if (link) await askContainer(link, message, asked, patience + STOP_GRACE_MILLISECONDS);
    onStopped?.(container);
  }
}
