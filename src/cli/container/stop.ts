/**
 * `smolvm container stop`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { containerTitle } from "../../actions/list_containers.ts";
import { stopContainers } from "../../actions/stop_containers.ts";
import { withMachines } from "../context/machines.ts";
import { parseDuration } from "../options/values.ts";
import { writeLine } from "../terminal/output.ts";

/** The command. */
export function containerStop(): Command {
  return new Command("stop")
    .description("stop containers: stop signal, patience, then SIGKILL")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .option("-t, --time <seconds>", "what a container is given before it is killed", "10")
    .action(async (name: string, words: string[], { time }: { time: string }) => {
      const patience = parseDuration("--time", time);
      await withMachines(async (context) => {
        const { spec } = findMachine(name, context);
        await stopContainers(spec, words, context, {
          patience,
          onStopped: (one) => writeLine(containerTitle(one)),
        });
      });
    });
}
