/**
 * `smolvm microvm run -d`: a machine of an image, created and started in the background.
 *
 * @module
 */
import { createMachine, type MachineWish } from "../../actions/create_machine.ts";
import { onEngine } from "../../actions/wanted_engine.ts";
import type { RunWish } from "../../actions/run_reference.ts";
import { portsOf, startMachine } from "../../actions/start_machine.ts";
import { SmolvmError } from "../../error.ts";
import { newId } from "../../machines/ids.ts";
import { withMachines } from "../context/machines.ts";
import { streamFlags, type StreamOptions } from "../options/program_options.ts";
import { readLabels } from "../options/label_options.ts";
import { chosenPorts } from "../terminal/chosen_ports.ts";
import { warn, writeLine } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";

/** Options that mean something, or nothing, in the background. */
export interface DetachOptions extends StreamOptions {
  readonly detach?: boolean;
  readonly name?: string;
  readonly rm?: boolean;
  readonly timeout?: string;
  readonly label?: readonly string[];
}

/**
 * The machine that is wanted.
 *
 * @returns nothing when the command is to run in the foreground
 * @throws {SmolvmError} kind `usage` for an option that has no meaning there
 */
export function detachedWish(wish: RunWish, options: DetachOptions): MachineWish | undefined {
  const { detach, name, rm, timeout, label = [] } = options;
  const labels = readLabels({ label });
  if (!detach) {
    if (name === undefined) return undefined;
    throw refusal("--name", "a run in the foreground leaves nothing that could have a name", "add -d");
  }
  if (rm) throw refusal("--rm with -d", "a machine stays until it is deleted", "leave out one of them");
  if (timeout !== undefined) {
    throw refusal("--timeout with -d", "a machine has no time limit", "leave out one of them");
  }
  const { image, cpus, memoryMiB, diskBytes, hostname, engine, ports, shares, volumes, anonymous } = wish;
  const { network } = wish;
  const size = { cpus, memoryMiB, diskBytes } as Pick<MachineWish, "cpus" | "memoryMiB" | "diskBytes">;
  return {
    name: name ?? `run-${newId()}`,
    image: { ...image, ...streamFlags(options) },
    ...(label.length > 0 && { labels }),
    ...size,
    ...(hostname !== undefined && { hostname }),
    ...(engine !== undefined && { engine }),
    ...(ports !== undefined && { ports }),
    ...(network !== undefined && { network }),
    ...(shares !== undefined && { shares }),
    ...(volumes !== undefined && { volumes }),
    ...(anonymous !== undefined && { anonymous }),
  };
}

/** Creates the machine, starts it, and prints its name. One that does not start stays, as in Docker. */
export async function runDetached(wish: MachineWish): Promise<number> {
  using progress = new PullProgress(wish.image?.name.text ?? wish.name);
  await withMachines(async (context) => {
    const spec = await createMachine(wish, context, { onProgress: progress.report });
    progress[Symbol.dispose]();
    const reached = await startMachine(spec, onEngine(context, spec, undefined));
    const ports = await portsOf(spec, reached);
    reached.link?.close();
    writeLine(spec.name);
    chosenPorts(spec.devices.ports, ports).forEach(warn);
  });
  return 0;
}

function refusal(what: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: `use ${what}`, reason, remedy });
}
