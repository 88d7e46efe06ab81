/**
 * `smolvm version`.
 *
 * @module
 */
import { Command } from "commander";
import { targetName, targetTitle, thisTarget } from "../target.ts";
import { VERSION } from "../version.ts";
import { PROTOCOL_VERSION } from "../guest_protocol/messages.ts";
import { processHost } from "./context/process_host.ts";
import { warn, writeJson, writeLine } from "./terminal/output.ts";

/** The command. */
export function versionCommand(): Command {
  return new Command("version")
    .description("say the versions of smolvm and of what it carries")
    .option("--json", "as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { kernel, libkrun, alpine, target = "" } = await processHost().payload.manifest();
      const own = targetName(thisTarget);
      const versions = { smolvm: VERSION, target: own, protocol: PROTOCOL_VERSION, kernel, libkrun, alpine };
      if (json) return writeJson(versions);
      for (const [name, version] of Object.entries(versions)) writeLine(`${name.padEnd(9)}${version}`);
      if (target !== own) {
        warn(`what it carries is for ${targetTitle(target)}: it can run no VM on this host`);
      }
    });
}
