/**
 * What CHANGELOG.md says of a version (keepachangelog.com): the day, and the notes of its release. Pure.
 *
 * @module
 */

/** Where the files of a version are read. */
const FILES = "https://github.com/smolvm/smolvm/blob";

/** A version's section. */
export interface ReleaseNotes {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Markdown, without the section's own heading. */
  readonly text: string;
}

/**
 * Reads a version's section.
 *
 * @throws {TypeError} when it is missing or empty, or has no day
 */
export function readRelease(changelog: string, version: string): ReleaseNotes {
  const [, ...sections] = `\n${changelog}`.split(/\n## /);
  const found = sections.find((one) => one.startsWith(`[${version}]`) || one.startsWith(`${version} `));
  const wanted = `write "## [${version}] - YYYY-MM-DD" and what is new in it`;
  if (found === undefined) throw new TypeError(`CHANGELOG.md has nothing on ${version}: ${wanted}`);
  const end = found.indexOf("\n");
  const [head, text] = end < 0 ? [found, ""] : [found.slice(0, end), found.slice(end + 1).trim()];
  const date = / - (\d{4}-\d{2}-\d{2})$/.exec(head.trimEnd())?.[1];
  if (date === undefined) throw new TypeError(`CHANGELOG.md has no day for ${version}: ${wanted}`);
  if (!/^- /m.test(text)) throw new TypeError(`CHANGELOG.md has nothing on ${version}: ${wanted}`);
  // The notes are read where the files of the project are not beside them.
  const linked = text.replaceAll(/\]\((?![a-z]+:|#)([^)]+)\)/g, `](${FILES}/v${version}/$1)`);
  return { date, text: `${linked.replaceAll(/\n\[[^\]]+\]: \S+/g, "").trim()}\n` };
}
