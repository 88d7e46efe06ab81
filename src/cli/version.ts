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
import { hostPath } from "./options/host_path.ts";
import { warn, writeJson, writeLine } from "./terminal/output.ts";

/** The command. */
export function versionCommand(): Command {
  return new Command("version")
    .description("say the versions of smolvm and of what it carries")
    .option("--json", "as JSON")
    .option("--verify <file>", "check this binary by its release's SHA256SUMS, and that by FILE.minisig")
    .option("--key <key>", "the public key to check by, instead of the one that the binary names")
    .action(async ({ json, verify, key }: { json?: boolean; verify?: string; key?: string }) => {
      if (verify !== undefined) return await check(verify, key);
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

/** Says what was checked; a failure is an error. */
async function check(list: string, given: string | undefined): Promise<void> {
  const key = given ?? (await processHost().payload.manifest()).key;
  const name = `smolvm-${targetName(thisTarget)}`;
  const { verifyRelease } = await import("../actions/verify_release.ts");
  const comment = await verifyRelease({ binary: Deno.execPath(), name, list: hostPath("verify", list), key });
  writeLine(`${name} is as ${list} says`);
  if (comment === undefined) warn(`${list} is not checked: no key is known; give one with --key`);
  else writeLine(`${list} is signed: ${comment}`);
}
