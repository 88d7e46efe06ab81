/**
 * `smolvm volume create`.
 *
 * @module
 */
import { Command } from "commander";
import { createVolume } from "../../actions/create_volume.ts";
import { SmolvmError } from "../../error.ts";
import { processHost } from "../context/process_host.ts";
import { addLabelOption, type LabelOptions, readLabels } from "../options/label_options.ts";
import { parseSize } from "../options/values.ts";
import { writeLine } from "../terminal/output.ts";

interface CreateOptions extends LabelOptions {
  readonly name?: string;
  readonly size?: string;
}

/** The command. */
export function volumeCreate(): Command {
  const command = new Command("create")
    .description("make a volume, and print its name; one that is there is fine")
    .argument("[name]", "its name; without one 64 hex digits")
    .option("--name <name>", "the same")
    .option("--size <size>", "size of its disk, which takes only what is written to it (default: 20G)");
  return addLabelOption(command).action(async (word: string | undefined, options: CreateOptions) => {
    const name = oneName(word, options.name);
    writeLine(
      await createVolume({
        ...(name !== undefined && { name }),
        ...(options.size !== undefined && { bytes: parseSize("--size", options.size) }),
        labels: readLabels(options),
      }, processHost()),
    );
  });
}

/** Docker takes the name as an option too, but not both. */
function oneName(word: string | undefined, option: string | undefined): string | undefined {
  if (word === undefined || option === undefined) return word ?? option;
  throw new SmolvmError("usage", {
    action: "use --name",
    subject: JSON.stringify(option),
    reason: `the volume is called ${JSON.stringify(word)} already`,
    remedy: "give one name",
  });
}
