/**
 * `smolvm container create`.
 *
 * @module
 */
import { Command } from "commander";
import { planCommand } from "../context/command_plan.ts";
import { addHostnameOption, readHostname } from "../options/machine_options.ts";
import { addImageOptions, type ImageOptions } from "../options/program_options.ts";
import { usableMachine, withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";
import { createContainer } from "../../actions/containers.ts";
import { CONTAINER_VERSION } from "../../machines/container_spec.ts";
import { newId } from "../../machines/ids.ts";
import { checkContainerName } from "../../machines/names.ts";
import { refuseOption } from "../options/values.ts";

interface CreateOptions extends ImageOptions {
  readonly name?: string;
  readonly hostname?: string;
}

/** The command. */
export function containerCreate(): Command {
  const command = new Command("create")
    .description("create a container in a machine; prints its id")
    .argument("<machine>", "which machine; default is made when it is first used")
    .argument("<image>", "image to run")
    .argument("[command...]", "command and its arguments; the image's own when absent")
    .option("--name <name>", "a name beside its id");
  addImageOptions(command);
  return addHostnameOption(command, "container inside (default: its id)")
    .passThroughOptions()
    .action(async (machine: string, image: string, words: string[], options: CreateOptions) => {
      refuseOption(image, "the machine");
      const id = newId();
      const named = options.name === undefined ? {} : { name: checkContainerName(options.name) };
      const { hostname = id } = readHostname(options);
      await withMachines(async (context) => {
        const { spec } = await usableMachine(machine, context);
        using planned = await planCommand(image, words, options, context);
        const { command } = planned;
        const created = new Date().toISOString();
        createContainer(
          spec,
          { version: CONTAINER_VERSION, id, created, hostname, command, ...named },
          context,
        );
      });
      writeLine(id);
    });
}
