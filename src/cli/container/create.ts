/**
 * `smolvm container create`.
 *
 * @module
 */
import { Command } from "commander";
import { planCommand } from "../context/command_plan.ts";
import { checkHostname } from "../options/limits.ts";
import { usableMachine, withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";
import { createContainer } from "../../actions/containers.ts";
import { checkName } from "../../machines/spec.ts";
import { collect, refuseOption } from "../options/values.ts";

interface CreateOptions {
  readonly name?: string;
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly entrypoint?: string;
  readonly hostname?: string;
  readonly pull: string;
}

/** The command. */
export function containerCreate(): Command {
  return new Command("create")
    .description("create a container in a machine; prints its id")
    .argument("<machine>", "which machine; default is made when it is first used")
    .argument("<image>", "image to run")
    .argument("[command...]", "command and its arguments; the image's own when absent")
    .option("--name <name>", "a name beside its id")
    .option("-e, --env <K=V|K>", "set a variable, or copy the host's", collect, [])
    .option("-w, --workdir <dir>", "working directory inside")
    .option("--user <user[:group]>", "run as this user")
    .option("--entrypoint <program>", "replace the image's entrypoint; empty for none")
    .option("--hostname <name>", "name of the container inside (default: its id)")
    .option("--pull <when>", "missing, always or never", "missing")
    .passThroughOptions()
    .action(async (machine: string, image: string, words: string[], options: CreateOptions) => {
      refuseOption(image, "the machine");
      const id = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
      const named = options.name === undefined ? {} : { name: checkName(options.name) };
      const hostname = options.hostname === undefined ? id : checkHostname(options.hostname);
      await withMachines(async (context) => {
        const { spec } = await usableMachine(machine, context);
        const command = await planCommand(image, words, options, context);
        const created = new Date().toISOString();
        createContainer(spec, { version: 1, id, created, hostname, command, ...named }, context);
      });
      writeLine(id);
    });
}
