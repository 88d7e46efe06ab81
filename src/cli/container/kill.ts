/**
 * `smolvm container kill`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { killContainers } from "../../actions/kill.ts";
import { containerTitle } from "../../actions/list_containers.ts";
import { withMachines } from "../context/machines.ts";
import { readSignal } from "../options/signal_option.ts";
import { writeLine } from "../terminal/output.ts";

/** The command. */
export function containerKill(): Command {
  return new Command("kill")
    .description("send a signal to containers")
    .argument("<machine>", "which machine")
    .argument("<container...>", "names or ids")
    .option("-s, --signal <signal>", "by name or number", "KILL")
    .action(async (name: string, words: string[], options: { signal: string }) => {
      const signal = readSignal("--signal", options.signal);
      await withMachines(async (context) => {
        const { spec } = findMachine(name, context);
        await killContainers(spec, words, context, {
          signal,
          onKilled: (one) => writeLine(containerTitle(one)),
        });
      });
    });
}
