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
  addPortOption,
  addSizeOptions,
  type PortOptions,
  readHostname,
  readPorts,
  readSize,
  type SizeOptions,
} from "../options/machine_options.ts";
import {
  addImageOptions,
  addStreamOptions,
  imageFlags,
  type ImageOptions,
  streamFlags,
  type StreamOptions,
} from "../options/program_options.ts";
import { collect, parseChoice } from "../options/values.ts";
import { writeLine } from "../terminal/output.ts";
import { PullProgress } from "../terminal/progress.ts";

interface CreateOptions extends SizeOptions, PortOptions, ImageOptions, StreamOptions {
  readonly name: string;
  readonly hostname?: string;
  readonly label: readonly string[];
  readonly restart: string;
  readonly engine: string;
}

/** The command. */
export function createCommand(act = create): Command {
  const command = new Command("create")
    .description("create a machine, from an image or without one")
    .argument("[image]", "image whose command the machine runs; without one it has no command")
    .argument("[command...]", "command and its arguments; the image's own when absent")
    .requiredOption("--name <machine>", "name of the machine");
  addStreamOptions(
    addImageOptions(addSizeOptions(command, "size of its disk; takes only what is written to it")),
  );
  addHostnameOption(command, "machine inside (default: its name)");
  return addPortOption(command)
    .option("-l, --label <K=V>", "set a label", collect, [])
    .option("--restart <policy>", "no, on-failure or always", "no")
    .option(
      "--engine <name>",
      "krun or qemu; auto: SMOLVM_ENGINE, or what can run here, at each start",
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
  return {
    name: options.name,
    ...readSize(options),
    ...readHostname(options),
    ...readPorts(options),
    labels: Object.fromEntries(options.label.map(parseLabel)),
    restart: parseChoice("--restart", options.restart, ["no", "on-failure", "always"] as const),
    engine: parseChoice("--engine", options.engine, engineNames),
    ...(text !== undefined && {
      image: { name: parseImageName(text), ...imageFlags(words, options), ...streamFlags(options) },
    }),
  };
}

function parseLabel(word: string): [string, string] {
  const at = word.indexOf("=");
  const [key, value] = at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
  if (key !== "" && key !== "__proto__") return [key, value];
  throw new SmolvmError("usage", {
    action: "use --label",
    subject: JSON.stringify(word),
    reason: "it has no name",
    remedy: "write NAME=VALUE",
  });
}

async function create(wish: MachineWish): Promise<void> {
  using progress = new PullProgress(wish.image?.name.text ?? wish.name);
  const spec = await withMachines((context) => createMachine(wish, context, { onProgress: progress.report }));
  progress[Symbol.dispose]();
  writeLine(spec.name);
}
