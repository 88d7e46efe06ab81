/**
 * Judges a libkrun before a VM depends on it: whether it loads, and whether it has every call that smolvm
 * makes.
 *
 * @module
 */
import type { Availability } from "../engine.ts";
import { missingCalls, type SymbolName, symbols } from "./symbols.ts";

/** What to do about a library that does not serve. */
const REMEDY = "use libkrun 1.17 or later built with BLK=1 NET=1, or unset SMOLVM_LIBKRUN";

const names = Object.keys(symbols) as SymbolName[];

/** The same table, with null for a call that the library lacks instead of an error. */
const wanted: Record<string, Deno.ForeignFunction & { optional: true }> = Object.fromEntries(
  names.map((name) => [name, { ...symbols[name], optional: true }]),
);

/**
 * Looks at a library without keeping it open.
 *
 * @param path its file
 * @param preload libraries that it needs and the system may lack
 * @param network whether a VM is to have a network, for which it needs one call more
 */
export function inspectLibrary(
  path: string,
  { preload = [], network = false }: { readonly preload?: readonly string[]; readonly network?: boolean } =
    {},
): Availability {
  try {
    for (const one of preload) Deno.dlopen(one, {});
    const library = Deno.dlopen(path, wanted);
    const needed = names.filter((name) => network || !("optional" in symbols[name]));
    const lacking = missingCalls(needed.filter((name) => library.symbols[name] === null));
    library.close();
    if (lacking.length === 0) return { usable: true, details: path };
    return { usable: false, reason: `this libkrun lacks ${lacking.join(", ")}`, remedy: REMEDY };
  } catch (error) {
    return { usable: false, reason: `it does not load (${plain(error, path)})`, remedy: REMEDY };
  }
}

/** The dynamic linker's words, without what our own words say too. */
function plain(error: unknown, path: string): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace("Could not open library: ", "").replaceAll(`${path}: `, "");
}

/** The version in a library's full name, behind the links: `libkrun.so.1.17.4`. */
export function libraryVersion(path: string): string | undefined {
  try {
    return /(\d+\.\d+\.\d+)/.exec(Deno.realPathSync(path))?.[1];
  } catch {
    return undefined;
  }
}
