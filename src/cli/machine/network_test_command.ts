/**
 * `smolvm microvm network-test`.
 *
 * @module
 */
import { Command } from "commander";
import { testNetwork } from "../../actions/test_network.ts";
import { withMachines } from "../context/machines.ts";
import { writeJson, writeLine } from "../terminal/output.ts";

/** Something that was tried does not work. */
const FAILED = 1;

/** The command. */
export function networkTestCommand(): Command {
  return new Command("network-test")
    .description("try a machine's network from inside, and say what works: resolver, IPv4, IPv6, each rule")
    .argument("<machine>", "which one; it is started if it does not run")
    .argument("[target...]", "what else to try: example.com:443")
    .option("--json", "as JSON")
    .action(async (name: string, targets: string[], { json }: { json?: boolean }) => {
      const results = await withMachines((context) => testNetwork(name, targets, context));
      if (results.some(({ works }) => works === false)) Deno.exitCode = FAILED;
      if (json) return writeJson(results);
      const width = Math.max(...results.map(({ what }) => what.length));
      for (const { what, works, how } of results) {
        const verdict = works === null ? "was not tried" : works ? "works" : "does not work";
        writeLine(`${what.padEnd(width)}  ${verdict}: ${how}`);
      }
    });
}
