/**
 * What a word may become at its place. Pure but for the names that are asked for.
 *
 * @module
 */
import type { Command } from "commander";
import type { KnownNames } from "./known_names.ts";
import type { Place } from "./place.ts";
import { valuesOf } from "./values.ts";

/** A whole word that the one before the cursor may become. */
export interface Candidate {
  readonly word: string;
  /** What it is, in a line. */
  readonly about?: string;
}

/** What a shell is told. */
export interface Answer {
  readonly candidates: readonly Candidate[];
  /** Whether names of files are candidates as well, which the shell knows best. */
  readonly files: boolean;
  /** Whether the word goes on behind a candidate: no space is put there. */
  readonly open: boolean;
}

/** What candidates are made of beside the commands. */
export interface Words {
  readonly known: KnownNames;
  /** Words that are short for a command, and the command's words. */
  readonly shortForms: readonly (readonly [string, string])[];
}

/** Candidates for a word. */
export async function candidates(place: Place, word: string, { known, shortForms }: Words): Promise<Answer> {
  if (place.at === "nothing") return closed([]);
  if (place.at === "option") return closed(beginning(word, optionsOf(place.command)));
  if (place.at === "command") {
    const { names, others } = commandsOf(place.parent, shortForms);
    return closed(beginning(word, names, others));
  }
  const value = word.slice(place.prefix.length);
  const { names, others = [], files = false, open = false } = await valuesOf(place, value, known);
  const found = beginning(value, names.map(plain), others.map(plain));
  return {
    candidates: found.map((one) => ({ ...one, word: `${place.prefix}${one.word}` })),
    files,
    open,
  };
}

function closed(candidates: readonly Candidate[]): Answer {
  return { candidates, files: false, open: false };
}

const plain = (word: string): Candidate => ({ word });

/** Those that begin like the word: the names, or else what they are called besides. */
function beginning(
  word: string,
  names: readonly Candidate[],
  others: readonly Candidate[] = [],
): readonly Candidate[] {
  const found = names.filter((one) => one.word.startsWith(word));
  return found.length > 0 ? found : others.filter((one) => one.word.startsWith(word));
}

/** The long names first, the letters behind them. */
function optionsOf(command: Command): Candidate[] {
  const options = command.createHelp().visibleOptions(command);
  const named = (name: "long" | "short"): Candidate[] =>
    options.flatMap((option) => {
      const word = option[name];
      return word === undefined ? [] : [{ word, about: option.description }];
    });
  return [...named("long"), ...named("short")];
}

function commandsOf(
  parent: Command,
  shortForms: Words["shortForms"],
): { names: Candidate[]; others: Candidate[] } {
  const commands = parent.createHelp().visibleCommands(parent);
  const short = parent.parent ? [] : shortForms.map(([word, about]) => ({ word, about }));
  return {
    names: [...commands.map((one) => ({ word: one.name(), about: one.description() })), ...short],
    others: commands.flatMap((one) => one.aliases().map((word) => ({ word, about: one.description() }))),
  };
}
