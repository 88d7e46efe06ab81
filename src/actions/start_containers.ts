/**
 * Starts containers in the background, and their machine if it does not run.
 *
 * @module
 */
import { reachMachine } from "../client/reach.ts";
import type { ContainerSpec } from "../machines/container_spec.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { askContainer } from "./ask_container.ts";
import { containerTitle } from "./list_containers.ts";
import type { MachineContext } from "./machine_context.ts";

/** How long a start may take, in milliseconds: the image may have to be carried into the VM first. */
const START_MILLISECONDS = 600_000;

/**
 * Starts containers, one after the other.
 *
 * @param words their names, ids, or beginnings of ids; all are found before the first is started
 * @param onStarted told of each, as it runs
 * @throws {SmolvmError} kind `usage` when there is no such container, and why one does not start
 */
export async function startContainers(
  machine: MachineSpec,
  words: readonly string[],
  context: MachineContext,
  onStarted: (container: ContainerSpec) => void = () => {},
): Promise<void> {
  const found = words.map((word) => context.records.containers.find(machine, word).spec);
  using link = await reachMachine(machine, context);
  for (const container of found) {
    const asked = {
      action: "start the container",
      subject: containerTitle(container),
      program: container.command.argv[0] ?? "",
    };
    const message = { kind: "start-container", container: container.id } as const;
    await askContainer(link, message, asked, START_MILLISECONDS);
    onStarted(container);
  }
}
