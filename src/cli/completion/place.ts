/**
 * Where in a command line a word stands: read from the commands themselves, as commander would read it. Pure.
 *
 * @module
 */
import type { Argument, Command, Option } from "commander";

/** What can stand at a place. */
export type Place =
  | { readonly at: "nothing" }
  /** The name of one of its commands. */
  | { readonly at: "command"; readonly parent: Command }
  /** One of its options. */
  | { readonly at: "option"; readonly command: Command }
  | ValuePlace;

/** The value of an argument or of an option. */
export interface ValuePlace {
  readonly at: "value";
  /** What the help has between the brackets: `machine`, `bash|zsh|fish`. */
  readonly placeholder: string;
  /** What of the word stands before the value, as in `--engine=`. */
  readonly prefix: string;
  /** The arguments before it, by what the help calls them. */
  readonly before: readonly (readonly [placeholder: string, word: string])[];
}

const NOTHING: Place = { at: "nothing" };

/**
 * Finds the place of a word.
 *
 * @param root the command that the words belong to
 * @param before the words before the one that is asked for
 */
export function placeOf(root: Command, before: readonly string[], word: string): Place {
  const line = new Line(root);
  for (const one of before) line.read(one);
  return line.placeOf(word);
}

/** What has been read of a command line. */
class Line {
  #command: Command;
  /** An option whose value the next word is. */
  #waiting: Option | undefined;
  /** Whether options have ended. */
  #ended = false;
  readonly #words: string[] = [];

  constructor(root: Command) {
    this.#command = root;
  }

  read(word: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting && takes(waiting, word)) return;
    if (!this.#ended && word === "--") this.#ended = true;
    else if (!this.#ended && /^-./.test(word)) this.#waiting = waitingOption(this.#command, word);
    else this.#readArgument(word);
  }

  #readArgument(word: string): void {
    const child = this.#words.length > 0
      ? undefined
      : this.#command.commands.find((one) => [one.name(), ...one.aliases()].includes(word));
    if (child) {
      this.#command = child;
      return;
    }
    this.#words.push(word);
    if (endsOptions(this.#command)) this.#ended = true;
  }

  placeOf(word: string): Place {
    if (this.#waiting && takes(this.#waiting, word)) return this.#value(optionPlaceholder(this.#waiting));
    if (!this.#ended && word.startsWith("-")) return this.#option(word);
    if (this.#command.commands.length > 0) {
      return this.#words.length > 0 ? NOTHING : { at: "command", parent: this.#command };
    }
    const argument = argumentAt(this.#command, this.#words.length);
    return argument ? this.#value(argument.name()) : NOTHING;
  }

  #option(word: string): Place {
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    if (equals < 0) return { at: "option", command: this.#command };
    const option = this.#command.options.find(({ long }) => long === word.slice(0, equals));
    if (!option || !hasValue(option)) return NOTHING;
    return this.#value(optionPlaceholder(option), word.slice(0, equals + 1));
  }

  #value(placeholder: string, prefix = ""): ValuePlace {
    const before = this.#words.map((word, index) =>
      [argumentAt(this.#command, index)?.name() ?? "", word] as const
    );
    return { at: "value", placeholder, prefix, before };
  }
}

/** Behind the first word of a command that runs another, all belongs to that one (Command.passThroughOptions). */
function endsOptions({ registeredArguments }: Command): boolean {
  return registeredArguments.at(-1)?.name() === "command";
}

/** The last argument may stand for all that follow. */
function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

function hasValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** A value that may be absent is none when the word is an option. */
function takes({ required }: Option, word: string): boolean {
  return required || !word.startsWith("-");
}

/** The option of a word such as `--name`, `-e` or `-ite` whose value is the next word. */
function waitingOption({ options }: Command, word: string): Option | undefined {
  if (word.startsWith("--")) return options.find((option) => option.long === word && hasValue(option));
  for (const [index, letter] of [...word.slice(1)].entries()) {
    const option = options.find(({ short }) => short === `-${letter}`);
    // What stands behind the letter is the value.
    if (option && hasValue(option)) return index === word.length - 2 ? option : undefined;
  }
  return undefined;
}

/** `--name <machine>` has `machine`. */
function optionPlaceholder({ flags }: Option): string {
  return /[<[](.*?)(?:\.\.\.)?[>\]]$/.exec(flags)?.[1] ?? "";
}
