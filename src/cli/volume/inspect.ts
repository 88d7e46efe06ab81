/**
 * `smolvm volume inspect`.
 *
 * @module
 */
import { Command } from "commander";
import { inspectVolume } from "../../actions/list_volumes.ts";
import { processHost } from "../context/process_host.ts";
import { writeJson } from "../terminal/output.ts";

/** The command. */
export function volumeInspect(): Command {
  return new Command("inspect")
    .description("print all that is known of volumes, as a JSON list")
    .argument("<volume...>", "which ones")
    .option("--json", "print JSON, which is the only way anyway")
    .action(async (names: string[]) => {
      const host = processHost();
      writeJson(await Promise.all(names.map((name) => inspectVolume(name, host))));
    });
}
