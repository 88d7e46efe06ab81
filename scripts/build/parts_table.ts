/**
 * Reads scripts/parts.tsv, the table of everything that is downloaded.
 *
 * @module
 */
import { type Target, targetName } from "../../src/target.ts";

/** A row of the table. */
export interface PinnedPart {
  readonly name: string;
  /** What it is for (src/target.ts), or `build`: a tool of the machine that builds. */
  readonly target: string;
  readonly version: string;
  readonly client: string;
  /** The package, with its version, as the client names it. */
  readonly package: string;
  /** What is used of the package. */
  readonly file: string;
  readonly sha256: string;
}

/**
 * A part's first row: where several have it, they have the same version.
 *
 * @param target what it is for; a tool of the build without one
 * @throws {Error} when there is none
 */
export function pinnedPart(table: string, name: string, target?: Target): PinnedPart {
  const found = parseTable(table).find((part) => part.name === name && part.target === wordOf(target));
  if (!found) throw new Error(`Cannot find part ${name} for ${wordOf(target)} in the table`);
  return found;
}

/** Every row that is whole. */
export function parseTable(table: string): PinnedPart[] {
  return table.split("\n").filter((line) => !line.startsWith("#")).flatMap((line) => {
    const [name, target, version, client, packageName, file, sha256] = line.split("\t");
    const whole = name && target && version && client && packageName && file && sha256;
    return whole ? [{ name, target, version, client, package: packageName, file, sha256 }] : [];
  });
}

/** Where scripts/setup.sh left a part's file. @param target as {@linkcode pinnedPart} has it */
export function partFile(name: string, target?: Target): string {
  return target === undefined ? `.cache/parts/${name}` : `.cache/parts/${targetName(target)}/${name}`;
}

function wordOf(target: Target | undefined): string {
  return target === undefined ? "build" : targetName(target);
}

/** The table of this project. */
export function readPartsTable(): string {
  return Deno.readTextFileSync("scripts/parts.tsv");
}
