/**
 * What an argument or an option may be, by what the help has between its brackets: `<machine>` is the name of a machine
 * that is there, `<a|b>` is a or b. Pure.
 *
 * @module
 */
import { capabilityNames } from "../../guest_protocol/capability_names.ts";
import { familiarName } from "../../image/model/reference.ts";
import { signalNames } from "../../session/signal_names.ts";
import type { KnownNames } from "./known_names.ts";
import type { ValuePlace } from "./place.ts";

/** What there is to choose from. */
export interface Values {
  readonly names: readonly string[];
  /** Other words for the same, offered where no name begins like the word. */
  readonly others?: readonly string[];
  /** Whether a file of this host can be named as well. */
  readonly files?: boolean;
  /** Whether the word goes on behind the name. */
  readonly open?: boolean;
}

type Source = (place: ValuePlace, word: string, known: KnownNames) => Values | Promise<Values>;

/** Hex digits of an image's id in lists. */
const SHORT_ID = 12;

const files: Source = () => ({ names: [], files: true });

const copyPlace: Source = (place, word, known) => {
  // Behind the colon is a path in the guest, which is not asked: it may have to be started first.
  if (word.includes(":")) return { names: [] };
  const machine = machineOf(place);
  const names = machine === undefined ? known.machines() : containerValues(machine, known).names;
  return { names: names.map((name) => `${name}:`), files: true, open: true };
};

/** By the words between the brackets. */
const sources: Readonly<Record<string, Source>> = {
  machine: (_place, _word, known) => ({ names: known.machines() }),
  container: (place, _word, known) => containerValues(machineOf(place), known),
  image: async (_place, _word, known) => imageValues(await known.images()),
  volume: (_place, _word, known) => ({ names: known.volumes() }),
  source: copyPlace,
  target: copyPlace,
  file: files,
  "SRC:DST[:ro]": (_place, word, known) =>
    word.includes(":")
      ? { names: [] }
      : { names: known.volumes().map((name) => `${name}:`), files: true, open: true },
  signal: () => ({ names: signalNames, others: signalNames.map((name) => `SIG${name}`) }),
  capability: () => ({
    names: ["ALL", ...capabilityNames.map((name) => name.replace(/^CAP_/, ""))],
    others: capabilityNames,
  }),
};

/** What can stand at a place. @param word what is there of the value */
export async function valuesOf(place: ValuePlace, word: string, known: KnownNames): Promise<Values> {
  const { placeholder, before } = place;
  if (/^[a-z-]+(\|[a-z-]+)+$/.test(placeholder)) return { names: placeholder.split("|") };
  const source = Object.hasOwn(sources, placeholder) ? sources[placeholder] : undefined;
  const values = await source?.(place, word, known) ?? { names: [] };
  // Nobody names the same one twice.
  const given = before.flatMap(([of, one]) => of === placeholder ? [one] : []);
  return { ...values, names: values.names.filter((name) => !given.includes(name)) };
}

/** The machine whose container is asked for. */
function machineOf({ before }: ValuePlace): string | undefined {
  return before.find(([placeholder]) => placeholder === "machine")?.[1];
}

function containerValues(machine: string | undefined, known: KnownNames): Values {
  const containers = machine === undefined ? [] : known.containers(machine);
  return {
    names: containers.map(({ id, name }) => name ?? id),
    others: containers.map(({ id }) => id),
  };
}

function imageValues({ references, ids }: Awaited<ReturnType<KnownNames["images"]>>): Values {
  const short = ids.map((id) => id.replace(/^sha256:/, "").slice(0, SHORT_ID));
  return { names: references.map(familiarName), others: [...references, ...short, ...ids] };
}
