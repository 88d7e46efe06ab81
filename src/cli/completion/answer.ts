/**
 * `smolvm _complete WORD…`: what the last word may become, as a line of the words {@linkcode Answer} explains, then a
 * line for each candidate: the word, a tab, and what it is about. A person who types is told of no error.
 *
 * It is loaded when it is asked for, and is handed what other commands load, too: the bundler would have each of them
 * start such a module by way of a function.
 *
 * @module
 */
import type { Command } from "commander";
import { debug } from "../../log.ts";
import type { Host } from "../../payload/host.ts";
import { type Answer, candidates } from "./candidates.ts";
import { type KnownNames, knownNames } from "./known_names.ts";
import { placeOf } from "./place.ts";

/** How a command line is read. */
export interface CommandLine {
  /** Makes the commands that the words need. */
  readonly build: (words: readonly string[]) => Promise<Command>;
  readonly longForm: (words: readonly string[]) => readonly string[];
  readonly helpTopic: (words: readonly string[]) => readonly string[] | undefined;
  /** Words that are short for a command, and the command's words. */
  readonly shortForms: readonly (readonly [string, string])[];
}

/**
 * Answers.
 *
 * @param words the words behind `smolvm`, up to the one that is completed
 * @param host where names are looked for
 * @returns the lines to print; none when something failed
 */
export async function answer(
  line: CommandLine,
  words: readonly string[],
  host: () => Host,
): Promise<string[]> {
  try {
    return lines(await completed(line, words, knownNames(host)));
  } catch (error) {
    debug("not completed", { reason: (error as Error).message });
    return [];
  }
}

/** What the last of the words may become. */
export async function completed(
  { build, longForm, helpTopic, shortForms }: CommandLine,
  words: readonly string[],
  known: KnownNames,
): Promise<Answer> {
  const word = words.at(-1) ?? "";
  const before = longForm(words.slice(0, -1));
  const topic = helpTopic(before);
  const place = placeOf(await build(topic ?? before), topic ?? before, word);
  // Behind `help` there are commands, and nothing else.
  if (topic && place.at !== "command") return { candidates: [], files: false, open: false };
  return await candidates(place, word, { known, shortForms });
}

/** The lines of an answer. Pure. */
export function lines({ candidates, files, open }: Answer): string[] {
  const first = ["words", ...(files ? ["files"] : []), ...(open ? ["open"] : [])].join(" ");
  return [first, ...candidates.map(({ word, about = "" }) => `${word}\t${about.replaceAll(/\s+/g, " ")}`)];
}
