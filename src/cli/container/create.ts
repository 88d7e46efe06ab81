/**
 * `smolvm container create`.
 *
 * @module
 */
import { Command, Option } from "commander";
import { type ContainerWish, createContainer } from "../../actions/create_container.ts";
import { findUsableMachine } from "../../actions/find_machine.ts";
import { parseImageName } from "../../image/model/image_name.ts";
import { withMachines } from "../context/machines.ts";
import {
  addHostnameOption,
  addMountOptions,
  type MountOptions,
  readHostname,
  readMounts,
} from "../options/machine_options.ts";
import {
  addImageOptions,
  addStreamOptions,
  imageFlags,
  type ImageOptions,
  streamFlags,
  type StreamOptions,
} from "../options/program_options.ts";
import { addLabelOption, type LabelOptions, readLabels } from "../options/label_options.ts";
import { refuseOption } from "../options/values.ts";
import { writeLine } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";

interface CreateOptions extends ImageOptions, MountOptions, StreamOptions, LabelOptions {
  readonly name?: string;
  readonly hostname?: string;
  readonly net?: string;
}

/** What `-v` is for, where only what the machine has can be had. */
const OF_MACHINE = "a folder or file that the machine shares, or a volume of the machine's, at DST";

/** The command. */
export function containerCreate(act = create): Command {
  const command = new Command("create")
    .description("create a container in a machine; prints its id")
    .argument("<machine>", "which machine; default is made when it is first used")
    .argument("<image>", "image to run")
    .argument("[command...]", "command and its arguments; the image's own when absent")
    .option("--name <name>", "a name beside its id")
    .addOption(new Option("--net <mode>", "Docker's short form of --network").hideHelp());
  addStreamOptions(addLabelOption(addMountOptions(addImageOptions(command), OF_MACHINE)));
  return addHostnameOption(command, "container inside (default: its id)")
    .passThroughOptions()
    .action(async (machine: string, text: string, words: string[], options: CreateOptions) => {
      refuseOption(text, "the machine");
      const { name } = options;
      await act(machine, {
        image: {
          name: parseImageName(text),
          ...imageFlags(words, withNet(options)),
          ...streamFlags(options),
        },
        ...(name !== undefined && { name }),
        ...readHostname(options),
        ...readMounts(options),
        labels: readLabels(options),
      });
    });
}

/** Docker's `--net MODE`. */
function withNet({ net, ...options }: CreateOptions): CreateOptions {
  return net === undefined ? options : { network: net, ...options };
}

async function create(machine: string, wish: ContainerWish): Promise<void> {
  using progress = new PullProgress(wish.image.name.text);
  const { id } = await withMachines(async (context) => {
    const { spec } = await findUsableMachine(machine, context);
    return await createContainer(spec, wish, context, { onProgress: progress.report });
  });
  progress[Symbol.dispose]();
  writeLine(id);
}
