/**
 * `smolvm microvm create`.
 *
 * @module
 */
import { Command } from "commander";
import { createMachine, type MachineWish } from "../../actions/create_machine.ts";
import { SmolvmError } from "../../error.ts";
import { engineNames } from "../../engines/wanted.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { withMachines } from "../context/machines.ts";
import {
  addHostnameOption,
  addMountOptions,
  addPortOption,
  addSizeOptions,
  ENGINE_FLAGS,
  type MountOptions,
  type PortOptions,
  readHostname,
  readMounts,
  readPorts,
  readSize,
  RESTART_FLAGS,
  restartPolicies,
  type SizeOptions,
} from "../options/machine_options.ts";
import { readContainerOptions } from "../options/container_options.ts";
import { addLabelOption, type LabelOptions, readLabels } from "../options/label_options.ts";
import {
  addNetworkOptions,
  addProxyOption,
  type NetworkOptions,
  readNetwork,
} from "../options/network_options.ts";
import {
  addImageOptions,
  addStreamOptions,
  imageFlags,
  type ImageOptions,
  streamFlags,
  type StreamOptions,
} from "../options/program_options.ts";
import { parseChoice } from "../options/values.ts";
import { writeLine } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";

interface CreateOptions
  extends SizeOptions, PortOptions, MountOptions, NetworkOptions, ImageOptions, StreamOptions, LabelOptions {
  readonly name: string;
  readonly hostname?: string;
  readonly restart: string;
  readonly engine: string;
}

/** The command. */
export function createCommand(act = create): Command {
  const command = new Command("create")
    .description("create a machine, from an image or without one")
    .argument("[image]", "image whose command the machine runs; without one it has no command")
    .argument("[command...]", "command and its arguments; the image's own when absent")
    .requiredOption("--name <name>", "name of the machine");
  addStreamOptions(
    addImageOptions(addSizeOptions(command, "size of its disk; takes only what is written to it")),
  );
  addHostnameOption(command, "machine inside (default: its name)");
  addProxyOption(addNetworkOptions(command));
  return addLabelOption(addMountOptions(addPortOption(command)))
    .option(RESTART_FLAGS, "when its command is started again", "no")
    .option(
      ENGINE_FLAGS,
      "what runs its VM; auto: SMOLVM_ENGINE, or what can run here, at each start",
      "auto",
    )
    .passThroughOptions()
    .action(async (text: string | undefined, words: string[], options: CreateOptions) => {
      await act(readWish(text, words, options));
    });
}

/** Every value is read before anything is touched. */
function readWish(
  text: string | undefined,
  words: readonly string[],
  options: CreateOptions,
): MachineWish {
  const { network: _, ...own } = readContainerOptions(options);
  if (text === undefined && Object.keys(own).length > 0) {
    throw new SmolvmError("usage", {
      action: "create the machine",
      subject: options.name,
      reason: "options of a container are given, and no image that it is of",
      remedy: "name an image, or give the options to smolvm container create",
    });
  }
  return {
    name: options.name,
    ...readSize(options),
    ...readHostname(options),
    ...readPorts(options),
    ...readMounts(options),
    ...readNetwork(options),
    labels: readLabels(options),
    restart: parseChoice("--restart", options.restart, restartPolicies),
    engine: parseChoice("--engine", options.engine, engineNames),
    ...(text !== undefined && {
      image: { name: parseImageName(text), ...imageFlags(words, options), ...streamFlags(options) },
    }),
  };
}

async function create(wish: MachineWish): Promise<void> {
  using progress = new PullProgress(wish.image?.name.text ?? wish.name);
  const spec = await withMachines((context) => createMachine(wish, context, { onProgress: progress.report }));
  progress[Symbol.dispose]();
  writeLine(spec.name);
}
