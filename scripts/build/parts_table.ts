/**
 * Reads scripts/parts.tsv, the table of everything that is downloaded.
 *
 * @module
 */

/** A row of the table. */
export interface PinnedPart {
  readonly name: string;
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
 * @throws {Error} when there is none
 */
export function pinnedPart(table: string, name: string): PinnedPart {
  const row = table.split("\n").map((line) => line.split("\t")).find(([first]) => first === name);
  const [, version, client, packageName, file, sha256] = row ?? [];
  if (!version || !client || !packageName || !file || !sha256) {
    throw new Error(`Cannot find part ${name} in the table`);
  }
  return { name, version, client, package: packageName, file, sha256 };
}

/** Where scripts/setup.sh left a part's file. */
export function partFile(name: string): string {
  return `.cache/parts/${name}`;
}

/** The table of this project. */
export function readPartsTable(): string {
  return Deno.readTextFileSync("scripts/parts.tsv");
}
