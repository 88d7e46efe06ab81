/**
 * Which folders a test suite is made of. Pure.
 *
 * @module
 */

/** The suites, in the order they run: the quick ones first. */
export const suiteNames = ["unit", "contract", "functional"] as const;

export type SuiteName = (typeof suiteNames)[number];

/** Folders below tests/ whose tests stand beside sources and need no VM. */
const SOURCES_OF_TESTS = ["tests/harness", "tests/performance"];

/**
 * The folders of a suite, among those there are.
 *
 * @param folders `src`, `agent`, `scripts` and those below `tests`, as paths
 */
export function suiteFolders(suite: SuiteName, folders: readonly string[]): string[] {
  return folders.filter((folder) => suiteOf(folder) === suite).sort();
}

/** A folder below tests/ that nothing else claims runs the built binary. */
function suiteOf(folder: string): SuiteName {
  if (folder === "tests/contract") return "contract";
  if (!folder.startsWith("tests/") || SOURCES_OF_TESTS.includes(folder)) return "unit";
  return "functional";
}
