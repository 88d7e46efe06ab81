/**
 * `smolvm completion`: prints the script by which a shell completes smolvm's words. The script has no words of its own:
 * it asks `smolvm _complete`.
 *
 * @module
 */
import { Command } from "commander";
import { parseChoice } from "../options/values.ts";
import { writeBytes } from "../terminal/write_bytes.ts";

/** Shells that there is a script for. */
const shells = ["bash", "zsh", "fish"] as const;

/** The command. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("print a script by which a shell completes commands, options and names")
    .argument(`<${shells.join("|")}>`, "which shell, as in: source <(smolvm completion bash)")
    .action(async (word: string) => {
      const shell = parseChoice("the shell", word, shells);
      const { completionScript } = await import("./scripts.ts");
      writeBytes(Deno.stdout, new TextEncoder().encode(completionScript(shell, Deno.execPath())));
    });
}
