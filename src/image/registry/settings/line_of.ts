/**
 * Where in a TOML document a value stands, for errors: the parser tells it of no value that it accepts. Finds
 * what is written in the usual way, `[[a.b]]` and below it `key = value`. Pure.
 *
 * @module
 */

/**
 * The line of a value, or of the table it is in.
 *
 * @param path keys, and places in arrays of tables from 0 on: `["registry", 1, "mirror", 0, "location"]`
 * @returns from 1 on; `undefined` when it is written in another way
 */
export function lineOf(text: string, path: readonly (string | number)[]): number | undefined {
  const lines = text.split("\n");
  const header: string[] = [];
  let found: number | undefined;
  for (const [at, part] of path.entries()) {
    if (typeof part === "number") continue;
    header.push(part);
    const next = path[at + 1];
    const from = found === undefined ? 0 : found + 1;
    const index = typeof next === "number" ? next : 0;
    const line = nthTable(lines, { header, from, index }) ?? keyLine(lines, { key: part, from });
    // An array that is written as a value has all its tables behind its key.
    if (line === undefined && typeof next === "number") break;
    found = line ?? found;
  }
  return found === undefined ? undefined : found + 1;
}

function nthTable(
  lines: readonly string[],
  wanted: { header: readonly string[]; from: number; index: number },
): number | undefined {
  const { header, from, index } = wanted;
  let seen = 0;
  for (const [at, line] of lines.entries()) {
    if (at < from) continue;
    const names = /^\s*\[\[?([^\]]*)\]/.exec(line)?.[1]?.split(".").map(bare);
    if (names?.join(".") === header.join(".") && seen++ === index) return at;
  }
  return undefined;
}

/** Keys of a table end with the next table. */
function keyLine(lines: readonly string[], wanted: { key: string; from: number }): number | undefined {
  for (const [at, line] of lines.entries()) {
    if (at < wanted.from) continue;
    if (/^\s*\[/.test(line)) return undefined;
    if (bare(/^([^=#]*)=/.exec(line)?.[1] ?? "") === wanted.key) return at;
  }
  return undefined;
}

/** A key without the blanks and quotes around it. */
function bare(key: string): string {
  return key.trim().replace(/^(["'])(.*)\1$/, "$2").toLowerCase();
}
