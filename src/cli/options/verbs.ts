/**
 * Commands that are loaded and built when their name is said: with all of them a short command's start takes a quarter longer.
 *
 * @module
 */
import type { Command } from "commander";

/**
 * Builders by the name of what they build. They get the words behind that name; without words a command is only
 * listed among others, and needs no commands of its own.
 */
export type Verbs = Readonly<Record<string, (words?: readonly string[]) => Command | Promise<Command>>>;

/**
 * Adds the command that the first word names; all of them when it names none, for the help and for
 * suggestions.
 *
 * @param words the words behind the parent's name; none are added when it is only listed
 * @param aliases other names of commands
 * @returns the parent
 */
export async function addVerbs(
  parent: Command,
  verbs: Verbs,
  words: readonly string[] | undefined,
  aliases: Readonly<Record<string, string>> = {},
): Promise<Command> {
  if (!words) return parent;
  const [first = "", ...rest] = words;
  const name = Object.hasOwn(aliases, first) ? aliases[first] ?? "" : first;
  const named = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (named) return parent.addCommand(await named(rest));
  // Where only options stand, as for the help, nobody goes deeper.
  const listed = words.every((word) => word.startsWith("-") && word !== "--");
  const all = await Promise.all(Object.values(verbs).map((build) => listed ? build() : build([])));
  for (const command of all) parent.addCommand(command);
  return parent;
}
