/**
 * `smolvm microvm update`.
 *
 * @module
 */
import { Command } from "commander";
import { type MachineChange, updateMachine } from "../../actions/update_machine.ts";
import { SmolvmError } from "../../error.ts";
import { engineNames } from "../../engines/wanted.ts";
import { withMachines } from "../context/machines.ts";
import { readLabels } from "../options/label_options.ts";
import {
  ENGINE_FLAGS,
  readSizeChange,
  RESTART_FLAGS,
  restartPolicies,
  type SizeChange,
} from "../options/machine_options.ts";
import { addNetworkOptions, type NetworkOptions, readNetwork } from "../options/network_options.ts";
import { collect, parseChoice } from "../options/values.ts";
import { warn, writeLine } from "../terminal/output.ts";

interface UpdateOptions extends SizeChange, NetworkOptions {
  readonly restart?: string;
  readonly engine?: string;
  readonly label: readonly string[];
  readonly labelRm: readonly string[];
}

/** The command. */
export function updateCommand(act = update): Command {
  const command = new Command("update")
    .description(
      "change machines; one that runs has the change when it is started again, and its network's rules at once",
    )
    .argument("<machine...>", "which ones")
    .option("--cpus <n>", "virtual CPUs")
    .option("--mem <size>", "memory of the VM: 1g, 512m; a bare number is MiB")
    .option("-m, --memory <size>", "the same as Docker writes it: a bare number is bytes")
    .option("--disk <size>", "size of its disk, which only grows, while it does not run")
    .option(RESTART_FLAGS, "when its command is started again")
    .option(ENGINE_FLAGS, "what runs its VM; auto: SMOLVM_ENGINE, or what can run here, at each start")
    .option("-l, --label <K=V>", "set a label", collect, [])
    .option("--label-rm <K>", "take a label away", collect, []);
  return addNetworkOptions(command)
    .action(async (names: string[], options: UpdateOptions) => {
      await act(names, readChange(names, options));
    });
}

/** Every value is read before anything is touched. */
function readChange(names: readonly string[], options: UpdateOptions): MachineChange {
  const change: MachineChange = {
    ...readSizeChange(options),
    ...(options.restart !== undefined && {
      restart: parseChoice("--restart", options.restart, restartPolicies),
    }),
    ...(options.engine !== undefined && { engine: parseChoice("--engine", options.engine, engineNames) }),
    ...(options.label.length > 0 && { labels: readLabels(options) }),
    ...readNetwork(options),
    ...(options.labelRm.length > 0 && { labelsGone: options.labelRm }),
  };
  if (Object.keys(change).length > 0) return change;
  throw new SmolvmError("usage", {
    action: "change",
    subject: names.join(" "),
    reason: "nothing is said that is to change",
    remedy: "give an option, such as --mem 1g; see smolvm microvm update --help",
  });
}

async function update(names: readonly string[], change: MachineChange): Promise<void> {
  await withMachines(async (context) => {
    for (const name of names) {
      const { spec, pending } = await updateMachine(name, change, context);
      writeLine(spec.name);
      if (pending) {
        warn(`${name} runs as it was; smolvm microvm restart ${name} brings the change`);
      }
    }
  });
}
