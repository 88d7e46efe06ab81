/**
 * `smolvm version`.
 *
 * @module
 */
import { Command } from "commander";
import { VERSION } from "../version.ts";
import { PROTOCOL_VERSION } from "../guest_protocol/messages.ts";
import { processHost } from "./context/process_host.ts";
import { writeJson, writeLine } from "./terminal/output.ts";

/** The command. */
export function versionCommand(): Command {
  return new Command("version")
    .description("say the versions of smolvm and of what it carries")
    .option("--json", "as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { kernel, libkrun, alpine } = await processHost().payload.manifest();
      const versions = { smolvm: VERSION, protocol: PROTOCOL_VERSION, kernel, libkrun, alpine };
      if (json) return writeJson(versions);
      for (const [name, version] of Object.entries(versions)) writeLine(`${name.padEnd(9)}${version}`);
    });
}
