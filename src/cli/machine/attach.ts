/**
 * `smolvm microvm attach` and `smolvm container attach`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { withMachines } from "../context/machines.ts";
import { parseDetachKeys } from "../options/detach_keys.ts";
import { attachHere } from "../context/attach_here.ts";
import { wantedSize } from "../terminal/window.ts";

interface AttachOptions {
  readonly stdin: boolean;
  readonly detachKeys?: string;
}

/** `microvm attach`. */
export function attachCommand(): Command {
  const command = new Command("attach")
    .description("see what a machine's command prints, and type into it; Ctrl-C goes to it")
    .argument("[machine]", "which one (default: default)");
  return addAttachOptions(command)
    .action(async (name: string | undefined, options: AttachOptions) => {
      Deno.exitCode = await attachTo(name, undefined, options);
    });
}

/** `container attach`. */
export function containerAttach(): Command {
  const command = new Command("attach")
    .description("see what a container prints, and type into it; Ctrl-C goes to it")
    .argument("<machine>", "which machine")
    .argument("<container>", "name or id");
  return addAttachOptions(command)
    .action(async (machine: string, container: string, options: AttachOptions) => {
      Deno.exitCode = await attachTo(machine, container, options);
    });
}

function addAttachOptions(command: Command): Command {
  return command
    .option("--no-stdin", "pass nothing that is typed")
    .option(
      "--detach-keys <keys>",
      "keys that leave it running, such as ctrl-p,ctrl-q (or SMOLVM_DETACH_KEYS)",
    );
}

async function attachTo(
  name: string | undefined,
  container: string | undefined,
  { stdin, detachKeys }: AttachOptions,
): Promise<number> {
  const keys = readKeys(detachKeys);
  return await withMachines(async (context) => {
    const machine = findMachine(name, context).spec;
    const named = container === undefined ? {} : { container };
    return await attachHere({ machine, ...named, lines: wantedSize().rows }, context, {
      stdin,
      ...(keys && { keys }),
    });
  });
}

function readKeys(option: string | undefined): Uint8Array | undefined {
  if (option !== undefined) return parseDetachKeys("--detach-keys", option);
  const wanted = Deno.env.get("SMOLVM_DETACH_KEYS");
  return wanted ? parseDetachKeys("SMOLVM_DETACH_KEYS", wanted) : undefined;
}
