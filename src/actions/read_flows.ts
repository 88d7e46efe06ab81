/**
 * Reads what became of a machine's flows, and what becomes of them from now on.
 *
 * @module
 */
import { awaitMachineEnd } from "../client/machine_end.ts";
import { SmolvmError } from "../error.ts";
import { machineFolder } from "../machines/folder.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { FlowEntry } from "../net/log/flow_entry.ts";
import type { MachineContext } from "./machine_context.ts";

/**
 * The log, the oldest flow first.
 *
 * @param options `follow`: until the machine ends
 * @throws {SmolvmError} kind `usage` for a machine that has no network and never had one
 */
export async function* readMachineFlows(
  machine: MachineSpec,
  { paths }: Pick<MachineContext, "paths">,
  { follow = false }: { readonly follow?: boolean } = {},
): AsyncGenerator<FlowEntry> {
  const path = machineFolder(paths, machine.id).flows;
  if (machine.devices.network === "none" && !isThere(path)) throw noNetwork(machine.name);
  const { readFlows } = await import("../net/log/flow_file.ts");
  yield* readFlows(path, follow ? awaitMachineEnd(machine, paths) : undefined);
}

/** What is said where a machine's network is asked for, and it has none. */
export function noNetwork(name: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "look at the network of the machine",
    subject: name,
    reason: "it has none",
    remedy: `give it one with smolvm microvm update --net ${name}`,
  });
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
