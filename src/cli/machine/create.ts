/**
 * `smolvm microvm create`.
 *
 * @module
 */
import { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { createMachine } from "../../actions/machines.ts";
import { checkName } from "../../machines/spec.ts";
import { planCommand } from "../context/command_plan.ts";
import { engineNames } from "../../engines/available.ts";
import { checkHostname, diskSize, hostMemoryMiB } from "../options/limits.ts";
import { withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";
import { collect, parseChoice, parseCount } from "../options/values.ts";

interface CreateOptions {
  readonly name: string;
  readonly cpus: string;
  readonly mem: string;
  readonly disk: string;
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly entrypoint?: string;
  readonly hostname?: string;
  readonly label: readonly string[];
  readonly restart: string;
  readonly pull: string;
  readonly engine: string;
}

/** The command. */
export function createCommand(): Command {
  return new Command("create")
    .description("create a VM that stays, from an image or bare")
    .argument("[image]", "image whose command the VM runs; without one it is a bare VM")
    .argument("[command...]", "command and its arguments; the image's own when absent")
    .requiredOption("--name <machine>", "name of the machine")
    .option("--cpus <n>", "virtual CPUs", "1")
    .option("--mem <MiB>", "memory of the VM", "256")
    .option("--disk <size>", "size of its disk; takes only what is written to it", "20G")
    .option("-e, --env <K=V|K>", "set a variable, or copy the host's", collect, [])
    .option("-w, --workdir <dir>", "working directory of the command")
    .option("--user <user[:group]>", "run the command as this user")
    .option("--entrypoint <program>", "replace the image's entrypoint; empty for none")
    .option("--hostname <name>", "name of the machine inside (default: its name)")
    .option("-l, --label <K=V>", "set a label", collect, [])
    .option("--restart <policy>", "no, on-failure or always", "no")
    .option("--pull <when>", "missing, always or never", "missing")
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
        const own = image === undefined
          ? {}
          : { command: await planCommand(image, command, options, context) };
        const templates = await context.payload.path("storage.json");
        createMachine({ ...spec, ...own }, { ...context, templates });
      });
      writeLine(spec.name);
    });
}

/** Every value is read before anything is touched. */
function checked(options: CreateOptions) {
  const name = checkName(options.name);
  const memory = parseCount("--mem", options.mem, { min: 128, max: hostMemoryMiB(), unit: "MiB" });
  const cores = Math.max(navigator.hardwareConcurrency, 1);
  return {
    name,
    cpus: parseCount("--cpus", options.cpus, { min: 1, max: cores }),
    memoryMiB: memory,
    diskBytes: diskSize(options.disk),
    hostname: options.hostname === undefined ? name.replaceAll("_", "-") : checkHostname(options.hostname),
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
