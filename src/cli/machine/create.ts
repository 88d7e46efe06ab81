/**
 * `smolvm microvm create`.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { createMachine } from "../../actions/machines.ts";
import { checkMachineName } from "../../machines/names.ts";
import { planCommand } from "../context/command_plan.ts";
import { engineNames } from "../../engines/wanted.ts";
import {
  addHostnameOption,
  addSizeOptions,
  readHostname,
  readSize,
  type SizeOptions,
} from "../options/machine_options.ts";
import { addImageOptions, type ImageOptions } from "../options/program_options.ts";
import { withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";
import { collect, parseChoice } from "../options/values.ts";

interface CreateOptions extends SizeOptions, ImageOptions {
  readonly name: string;
  readonly hostname?: string;
  readonly label: readonly string[];
  readonly restart: string;
  readonly engine: string;
}

/** The command. */
export function createCommand(): Command {
  const command = new Command("create")
    .description("create a machine, from an image or without one")
    .argument("[image]", "image whose command the machine runs; without one it has no command")
    .argument("[command...]", "command and its arguments; the image's own when absent")
    .requiredOption("--name <machine>", "name of the machine");
  addImageOptions(addSizeOptions(command, "size of its disk; takes only what is written to it"));
  addHostnameOption(command, "machine inside (default: its name)");
  return command
    .option("-l, --label <K=V>", "set a label", collect, [])
    .option("--restart <policy>", "no, on-failure or always", "no")
    .option(
      "--engine <name>",
      "krun or qemu; auto: SMOLVM_ENGINE, or what can run here, at each start",
      "auto",
    )
    .passThroughOptions()
    .action(async (image: string | undefined, command: string[], options: CreateOptions) => {
      const spec = checked(options);
      await withMachines(async (context) => {
        if (context.records.idOf(spec.name) !== undefined) throw taken(spec.name);
        using planned = image === undefined ? null : await planCommand(image, command, options, context);
        const own = planned ? { command: planned.command } : {};
        const templates = await context.payload.path("storage.json");
        createMachine({ ...spec, ...own }, { ...context, templates });
      });
      writeLine(spec.name);
    });
}

/** Every value is read before anything is touched. */
function checked(options: CreateOptions) {
  const name = checkMachineName(options.name);
  return {
    name,
    ...readSize(options),
    hostname: name.replaceAll("_", "-"),
    ...readHostname(options),
    labels: Object.fromEntries(options.label.map(parseLabel)),
    restart: parseChoice("--restart", options.restart, ["no", "on-failure", "always"]),
    engine: parseChoice("--engine", options.engine, engineNames),
  } as const;
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

function taken(name: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "create the machine",
    subject: name,
    reason: "there is one of that name",
    remedy: `choose another name, or delete it with smolvm microvm delete ${name}`,
  });
}
