/**
 * Sends signals to what machines and containers run; without another signal, SIGKILL.
 *
 * @module
 */
import { connectSupervisor } from "../client/connect.ts";
import { SmolvmError } from "../error.ts";
import type { ContainerSpec } from "../machines/container_spec.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { askContainer } from "./ask_container.ts";
import { containerTitle } from "./list_containers.ts";
import type { MachineContext } from "./machine_context.ts";
import { stopMachine } from "./stop_machine.ts";

const SIGKILL = 9;

/** Longest wait for the answer, in milliseconds: a killed container has 5 s to be gone. */
const ANSWER_MILLISECONDS = 20_000;

/**
 * Sends a signal to a machine's command. SIGKILL ends the machine whatever its restart policy, as in Docker, and in
 * order: its command has no time, but its disk is synced and unmounted. After another signal the policy decides.
 *
 * @throws {SmolvmError} kind `usage` when it does not run, kind `guest` when it has no command or does not answer
 */
export async function killMachineCommand(
  machine: MachineSpec,
  signal: number,
  context: Pick<MachineContext, "paths">,
): Promise<void> {
  const asked = { action: "kill the machine", subject: machine.name };
  if (signal === SIGKILL) {
    if (await stopMachine(machine, context, 0)) return;
    throw notRunning(asked);
  }
  using link = await connectSupervisor(machine, context.paths);
  if (!link) throw notRunning(asked);
  await askContainer(link, { kind: "kill", signal }, asked, ANSWER_MILLISECONDS);
}

/**
 * Sends a signal to containers, one after the other.
 *
 * @param words their names, ids, or beginnings of ids; all are found before the first gets it
 * @throws {SmolvmError} kind `usage` when there is no such container, or the machine does not run; kind `guest`
 * when a container does not
 */
export async function killContainers(
  machine: MachineSpec,
  words: readonly string[],
  context: MachineContext,
  { signal, onKilled }: { readonly signal: number; readonly onKilled?: (container: ContainerSpec) => void },
): Promise<void> {
  const found = words.map((word) => context.records.containers.find(machine, word).spec);
  using link = await connectSupervisor(machine, context.paths);
  for (const container of found) {
    const asked = { action: "kill the container", subject: containerTitle(container) };
    if (!link) throw notRunning(asked);
    await askContainer(link, { kind: "kill", container: container.id, signal }, asked, ANSWER_MILLISECONDS);
    onKilled?.(container);
  }
}

function notRunning(asked: { readonly action: string; readonly subject: string }): SmolvmError {
  return new SmolvmError("usage", { ...asked, reason: "it does not run" });
}
