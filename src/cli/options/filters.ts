/**
 * `--filter`, by which lists are cut down, as Docker has it: of one key any value may fit (of `label` all must), and
 * every key must.
 *
 * @module
 */
import type { Command } from "commander";
import { SmolvmError } from "../../error.ts";
import { collect } from "./values.ts";

/** What can be filtered. */
export interface Filtered {
  readonly id: string;
  readonly name?: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The option's words. */
export interface FilterOptions {
  readonly filter: readonly string[];
}

type Test = (one: Filtered) => boolean;

/** By its key, what a filter asks for; `word` is the whole filter, for messages. */
export type Tests<T> = Readonly<Record<string, (value: string, word: string) => (one: T) => boolean>>;

/** Docker's words for states, and what they are called here. */
const states: Readonly<Record<string, string>> = { exited: "stopped", dead: "failed" };

/** `label=K` and `label=K=V`. */
export function labelTest(value: string): (one: Pick<Filtered, "labels">) => boolean {
  const at = value.indexOf("=");
  const [key, wanted] = at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
  return ({ labels }) => Object.hasOwn(labels, key) && (wanted === undefined || labels[key] === wanted);
}

/** `name=PATTERN`. @throws {SmolvmError} kind `usage` */
export function nameTest(value: string, word: string): (one: Pick<Filtered, "name">) => boolean {
  const pattern = readPattern(value, word);
  return ({ name = "" }) => pattern.test(name);
}

const tests: Tests<Filtered> = {
  label: labelTest,
  name: nameTest,
  id: (value) => ({ id }) => id.startsWith(value),
  status: (value) => ({ state }) => state === (Object.hasOwn(states, value) ? states[value] : value),
};

/** Adds the option. */
export function addFilterOption(command: Command): Command {
  return command.option(
    "-f, --filter <key=value>",
    "only those of a label=K or label=K=V, name=PATTERN, id=ID or status=STATE",
    collect,
    [],
  );
}

/**
 * Reads the option.
 *
 * @returns whether one is to be listed
 * @throws {SmolvmError} kind `usage`
 */
export function readFilters({ filter }: FilterOptions): Test {
  return filtersBy(filter, tests);
}

/** As {@linkcode readFilters}, of other things. */
export function filtersBy<T>(words: readonly string[], tests: Tests<T>): (one: T) => boolean {
  const byKey = new Map<string, ((one: T) => boolean)[]>();
  for (const word of words) {
    const at = word.indexOf("=");
    const key = word.slice(0, Math.max(at, 0));
    const make = Object.hasOwn(tests, key) ? tests[key] : undefined;
    if (!make || at === word.length - 1) {
      throw refusal(word, "there is no such filter", `write ${Object.keys(tests).join("=, ")}=`);
    }
    byKey.set(key, [...byKey.get(key) ?? [], make(word.slice(at + 1), word)]);
  }
  return (one) =>
    [...byKey].every(([key, wanted]) =>
      key === "label" ? wanted.every((test) => test(one)) : wanted.some((test) => test(one))
    );
}

function readPattern(value: string, word: string): RegExp {
  try {
    return new RegExp(value);
  } catch {
    throw refusal(word, "its value is no regular expression", "write it like name=^web");
  }
}

function refusal(word: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: "use --filter", subject: JSON.stringify(word), reason, remedy });
}
