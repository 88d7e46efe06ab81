/**
 * Removes a container with all it holds.
 *
 * @module
 */
import { join } from "node:path";
import { ask } from "../client/ask.ts";
import { reachMachine } from "../client/reach.ts";
import { SmolvmError } from "../error.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import type { ContainerSpec } from "../machines/container_spec.ts";
import { machineFolder } from "../machines/folder.ts";
import { isSupervised } from "../machines/liveness.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { containerState, containerTitle } from "./list_containers.ts";
import type { MachineContext } from "./machine_context.ts";

/** How long the guest may take to remove a container's files, in milliseconds. */
const REMOVE_MILLISECONDS = 60_000;

/**
 * Removes a container: its files in the VM, which is started for that, then its log and its record.
 *
 * @param word its name, its id, or the beginning of that
 * @param options `force` kills one that runs
 * @returns what it was
 * @throws {SmolvmError} kind `usage` when there is none, kind `state` when it runs and is not to be killed
 */
export async function removeContainer(
  machine: MachineSpec,
  word: string,
  { records, ...host }: MachineContext,
  { force = false }: { readonly force?: boolean } = {},
): Promise<ContainerSpec> {
  const folder = machineFolder(host.paths, machine.id);
  const { spec, run } = records.containers.find(machine, word);
  const { state } = containerState(run, isSupervised(folder));
  const words = { action: "remove the container", subject: containerTitle(spec) };
  if (state === "running" && !force) {
    throw new SmolvmError("state", {
      ...words,
      reason: "it is running",
      remedy: "stop it first, or remove it with -f",
    });
  }
  // One that was never seen to run may be starting.
  if (state !== "created" || isSupervised(folder)) {
    using link = await reachMachine(machine, host);
    const { id } = spec;
    await ask(link, { kind: "stop-container", container: id, timeoutMilliseconds: 0 }, REMOVE_MILLISECONDS);
    const answer = await ask(link, { kind: "remove", container: id }, REMOVE_MILLISECONDS, words);
    if (answer?.kind !== "done") {
      throw new SmolvmError("guest", {
        ...words,
        reason: answer?.kind === "failed" ? answer.reason : "its machine did not answer",
        remedy: "try again",
      });
    }
  }
  removeIfThere(join(folder.containers, spec.id), { recursive: true });
  records.containers.remove(spec.id);
  return spec;
}
