/**
 * Which folders a test suite is made of. Pure.
 *
 * @module
 */

/** The suites, in the order they run: the quick ones first. `krun` is `engines` again, on the other engine. */
export const suiteNames = ["unit", "contract", "images", "qemu", "krun"] as const;

export type SuiteName = (typeof suiteNames)[number];

/** Groups of suites that have a name of their own. */
export const groups: Readonly<Record<string, readonly SuiteName[]>> = {
  functional: ["images", "qemu", "krun"],
};

/**
 * Test files that the lab does not run with all the others, each with its reason; `deno task test:krun` runs
 * them there too.
 */
export const notInLab: readonly { readonly name: RegExp; readonly reason: string }[] = [
  { name: /\/guest_defaults_test\.ts$/, reason: "crun, which it compares with, does not run there" },
  { name: /\/(image\w*|launch)_test\.ts$/, reason: "what they test is the same on every engine" },
];

/** The files that the lab runs. */
export function labFiles(files: readonly string[]): string[] {
  return files.filter((file) => notInLab.every(({ name }) => !name.test(file)));
}

/** Folders below tests/ whose tests stand beside sources and need no VM. */
const SOURCES_OF_TESTS = ["tests/harness", "tests/performance"];

/**
 * The folders of a suite, among those there are.
 *
 * @param folders `src`, `agent`, `scripts` and those below `tests`, as paths
 */
export function suiteFolders(suite: SuiteName, folders: readonly string[]): string[] {
  return folders.filter((folder) => suitesOf(folder).includes(suite)).sort();
}

/**
 * The suites that words name, each once and in their order; all of them when there are no words.
 *
 * @throws {TypeError} for a word that names none
 */
export function chosenSuites(words: readonly string[]): SuiteName[] {
  const wanted = words.flatMap((word) => {
    const suite = suiteNames.find((name) => name === word);
    const chosen = groups[word] ?? (suite === undefined ? [] : [suite]);
    if (chosen.length > 0) return chosen;
    const known = [...suiteNames, ...Object.keys(groups)].join(", ");
    throw new TypeError(`Cannot run suite ${word}: there are ${known}`);
  });
  return suiteNames.filter((name) => words.length === 0 || wanted.includes(name));
}

/** A folder below tests/ that nothing else claims runs the built binary and no VM. */
function suitesOf(folder: string): readonly SuiteName[] {
  if (folder === "tests/contract") return ["contract"];
  if (folder === "tests/functional") return ["qemu", "krun"];
  if (!folder.startsWith("tests/") || SOURCES_OF_TESTS.includes(folder)) return ["unit"];
  return ["images"];
}
