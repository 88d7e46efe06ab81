/**
 * `smolvm microvm net-log`.
 *
 * @module
 */
import { Command } from "commander";
import { findMachine } from "../../actions/find_machine.ts";
import { readMachineFlows } from "../../actions/read_flows.ts";
import { withMachines } from "../context/machines.ts";
import { writeLine } from "../terminal/output.ts";
import { flowLine } from "./flow_line.ts";

interface NetLogOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function netLogCommand(): Command {
  return new Command("net-log")
    .description("show what a machine's network did: each flow, whether it was allowed, and by which rule")
    .argument("[machine]", "which one (default: default)")
    .option("-f, --follow", "go on until the machine ends")
    .option("--json", "as JSON, a line each")
    .action(async (name: string | undefined, { follow, json }: NetLogOptions) => {
      await withMachines(async (context) => {
        const { spec } = findMachine(name, context);
        for await (const flow of readMachineFlows(spec, context, { ...(follow && { follow }) })) {
          writeLine(json ? JSON.stringify(flow) : flowLine(flow));
        }
      });
    });
}
