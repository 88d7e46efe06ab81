/**
 * `smolvm volume rm`.
 *
 * @module
 */
import { Command } from "commander";
import { removeVolumes } from "../../actions/remove_volumes.ts";
import { processHost } from "../context/process_host.ts";
import { warn, writeLine } from "../terminal/output.ts";
import { renderError } from "../terminal/render_error.ts";

/** The command. */
export function volumeRm(): Command {
  return new Command("rm")
    .alias("remove")
    .description("remove volumes with all they hold")
    .argument("<volume...>", "which ones")
    .option("-f, --force", "one that is not there is fine")
    .action(async (names: string[], { force = false }: { force?: boolean }) => {
      const failures = await removeVolumes(names, processHost(), { force, onRemoval: writeLine });
      for (const failure of failures) {
        const { text, exitCode } = renderError(failure);
        warn(text);
        Deno.exitCode = exitCode;
      }
    });
}
