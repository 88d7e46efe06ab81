/**
 * Which folders a test suite is made of, and which files want the machine to themselves. Pure.
 *
 * @module
 */

/**
 * The suites of a plain run, in their order. `qemu` is every test that boots VMs, on QEMU. `krun` is again
 * what an engine itself promises (tests/both_engines), on libkrun.
 */
export const suiteNames = ["unit", "contract", "images", "qemu", "krun"] as const;

/** `every-krun` is every test that boots VMs, on libkrun; it runs only when it is named. */
export type SuiteName = (typeof suiteNames)[number] | "every-krun";

/** Groups of suites that have a name of their own. */
export const groups: Readonly<Record<string, readonly SuiteName[]>> = {
  functional: ["images", "qemu", "krun"],
};

/** What an engine itself promises: boot, link, devices, end, confinement, a machine's life, one broken_* of each kind. */
const BOTH_ENGINES = "tests/both_engines";

/** What is the same on every engine, once it boots VMs. */
const ONCE = "tests/functional";

/** The guest of another processor, which is built for it alone: `deno task test:arm64`. */
const ARM64 = "tests/arm64";

/** Folders below tests/ whose tests stand beside sources and need no VM. */
const SOURCES_OF_TESTS = ["tests/harness", "tests/performance"];

/** Files that run when all others are done, one after the other, each with its reason. */
export const aloneFiles: Readonly<Record<string, string>> = {};

/** The engine that a suite's VMs run on; none for a suite that boots none. */
export function engineOf(suite: SuiteName): "qemu" | "krun" | undefined {
  if (suite === "every-krun") return "krun";
  return suite === "qemu" || suite === "krun" ? suite : undefined;
}

/**
 * What the processes of a suite's files find in their environment.
 *
 * @param parts the binary's parts, unpacked (tests/harness/parts.ts)
 */
export function environment(suite: SuiteName, parts: string): Record<string, string> {
  const engine = engineOf(suite);
  return { SMOLVM_TEST_PARTS: parts, ...(engine !== undefined && { SMOLVM_ENGINE: engine }) };
}

/**
 * The folders of a suite, among those there are.
 *
 * @param folders `src`, `agent`, `scripts` and those below `tests`, as paths
 */
export function suiteFolders(suite: SuiteName, folders: readonly string[]): string[] {
  return folders.filter((folder) => suitesOf(folder).includes(suite)).sort();
}

/**
 * The suites that words name, each once and in their order; those of a plain run when there are no words.
 *
 * @throws {TypeError} for a word that names none
 */
export function chosenSuites(words: readonly string[]): SuiteName[] {
  if (words.length === 0) return [...suiteNames];
  const all: readonly SuiteName[] = [...suiteNames, "every-krun"];
  const wanted = words.flatMap((word) => {
    const suite = all.find((name) => name === word);
    const chosen = groups[word] ?? (suite === undefined ? [] : [suite]);
    if (chosen.length > 0) return chosen;
    const known = [...all, ...Object.keys(groups)].join(", ");
    throw new TypeError(`Cannot run suite ${word}: there are ${known}`);
  });
  return all.filter((name) => wanted.includes(name));
}

/** A folder below tests/ that nothing else claims runs the built binary and no VM. */
function suitesOf(folder: string): readonly SuiteName[] {
  if (folder === "tests/contract") return ["contract"];
  if (folder === BOTH_ENGINES) return ["qemu", "krun", "every-krun"];
  if (folder === ARM64) return [];
  if (folder === ONCE) return ["qemu", "every-krun"];
  if (!folder.startsWith("tests/") || SOURCES_OF_TESTS.includes(folder)) return ["unit"];
  return ["images"];
}
