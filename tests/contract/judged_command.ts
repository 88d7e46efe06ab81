/**
 * Reads a command line by the real commands without running anything: what is wrong with it, if anything is.
 *
 * @module
 */
import { type Command, CommanderError } from "commander";
import { program } from "../../src/cli/program.ts";
import { helpTopic, longForm } from "../../src/cli/short_forms.ts";
import * as internal from "../../src/internal_processes.ts";

/**
 * What is wrong.
 *
 * @param words behind `smolvm`
 * @param named whether the command is only named, so that its arguments may be missing
 * @returns nothing where the words are a command's
 */
export async function faultOf(words: readonly string[], named: boolean): Promise<string | undefined> {
  const [first = ""] = words;
  if (first.startsWith("_")) {
    return (Object.values(internal) as string[]).includes(first) ? undefined : `no process is named ${first}`;
  }
  const long = longForm(words);
  const topic = helpTopic(long);
  const root = await program(topic ?? long);
  disarm(root);
  try {
    await root.parseAsync([...topic ?? long, ...(topic ? ["--help"] : [])], { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // The help was asked for, or a command that has commands was named.
    if (error.exitCode === 0 || error.code === "commander.help") return undefined;
    const missing = ["commander.missingArgument", "commander.missingMandatoryOptionValue"];
    if (named && missing.includes(error.code)) return undefined;
    return error.message;
  }
}

/** Has commands do nothing, and say nothing. */
function disarm(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  for (const child of command.commands) disarm(child);
}
