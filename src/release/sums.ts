/**
 * The list of a release's digests, in the form of sha256sum(1). Pure.
 *
 * @module
 */

/** Digests by the names of files: lower-case hex. */
export function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = [...text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)];
  return new Map(lines.map(([, digest = "", name = ""]) => [name, digest]));
}

/** The list's text, by names. */
export function formatSums(digests: ReadonlyMap<string, string>): string {
  return [...digests].sort(([a], [b]) => a < b ? -1 : 1).map(([name, digest]) => `${digest}  ${name}\n`).join(
    "",
  );
}
