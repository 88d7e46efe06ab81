/**
 * Starts a machine, on the engine that is wanted.
 *
 * @module
 */
import { ask } from "../client/ask.ts";
import { type Reached, reachOrStart } from "../client/reach.ts";
import { SmolvmError } from "../error.ts";
import { machineFolder } from "../machines/folder.ts";
import { awaitUnsupervised } from "../machines/liveness.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { ServedPort } from "../ports/published_port.ts";
import type { Host } from "../payload/host.ts";

/** How long a supervisor may take to say what it does, in milliseconds; its host may be busy. */
const ANSWER_MILLISECONDS = 30_000;

/** How long a machine that is being stopped is waited for, in milliseconds. */
const STOPPING_MILLISECONDS = 60_000;

/** Ports that a machine which was reached publishes, with those of the host that were chosen. */
export async function portsOf(spec: MachineSpec, { link }: Reached): Promise<readonly ServedPort[]> {
  if (!link || spec.devices.ports.length === 0) return [];
  const machine = await ask(link, { kind: "describe" }, ANSWER_MILLISECONDS);
  return machine?.kind === "machine" ? machine.ports ?? [] : [];
}

/**
 * Starts the machine, or finds it running; one that is being stopped is waited for, and started anew.
 *
 * @returns the link to it, and whether it was started here
 * @throws {SmolvmError} kind `guest` when it does not start
 */
export async function startMachine(spec: MachineSpec, host: Host): Promise<Reached> {
  for (;;) {
    const reached = await reachOrStart(spec, host);
    if (reached.started || !reached.link) return reached;
    const machine = await ask(reached.link, { kind: "describe" }, ANSWER_MILLISECONDS);
    if (machine?.kind !== "machine" || !machine.stopping) return reached;
    reached.link.close();
    if (await awaitUnsupervised(machineFolder(host.paths, spec.id), STOPPING_MILLISECONDS)) continue;
    throw new SmolvmError("guest", {
      action: "start the machine",
      subject: spec.name,
      reason: `it is still being stopped after ${STOPPING_MILLISECONDS / 1000} s`,
      remedy: `try again, or end it with smolvm microvm stop --force ${spec.name}`,
    });
  }
}
