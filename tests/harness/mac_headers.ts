/**
 * What macOS's own headers and list of symbols say, as zig carries them: whether a constant, a structure or a prototype of ours
 * is theirs. Nothing is run.
 *
 * @module
 */

const ROOT = new URL("../..", import.meta.url).pathname;
const ZIG = `${ROOT}.cache/parts/ziglang`;

/** Names of zig's for the targets, and Apple's names of their processors in lists of symbols. */
const targets = { "aarch64-macos": "arm64e-macos", "x86_64-macos": "x86_64-macos" } as const;

const HEADERS = [
  "errno",
  "fcntl",
  "netinet/in",
  "poll",
  "stddef",
  "sys/file",
  "sys/ioctl",
  "sys/resource",
  "sys/socket",
  "sys/syslimits",
  "sys/sysctl",
  "sys/un",
  "termios",
  "unistd",
];

/** Whether this machine has them (scripts/setup.sh). */
export function hasMacHeaders(): boolean {
  try {
    return Deno.statSync(ZIG).isFile;
  } catch {
    return false;
  }
}

/**
 * Compiles assertions against the headers, for both kinds of Mac.
 *
 * @param values C expressions, each with its value
 * @param prototypes types of functions, with `*` where the name goes, by their names
 * @throws {Error} with the compiler's words
 */
export async function compileMacAssertions(
  values: Readonly<Record<string, number>>,
  prototypes: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const source = [
      ...HEADERS.map((name) => `#include <${name}.h>`),
      ...Object.entries(values).map(([text, value]) =>
        `_Static_assert((unsigned long)(${text}) == ${value}ul, "not ${value}");`
      ),
      ...Object.entries(prototypes).map(([name, type]) =>
        `${type.replace("(*)", `(*a_${name})`)} = ${name};`
      ),
      "",
    ];
    await Deno.writeTextFile(`${folder}/facts.c`, source.join("\n"));
    for (const target of Object.keys(targets)) await compile(target, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compile(target: string, folder: string): Promise<void> {
  const cache = `${ROOT}.cache/zig`;
  const { success, stderr } = await new Deno.Command(Deno.realPathSync(ZIG), {
    args: ["cc", "-target", target, "-Werror", "-c", "-o", `${folder}/${target}.o`, `${folder}/facts.c`],
    env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
  }).output();
  if (!success) throw new Error(`For ${target}: ${new TextDecoder().decode(stderr)}`);
}

/** The names that libSystem exports on both kinds of Mac, without C's underscore, and where it is. */
export function macSymbols(): { readonly library: string; readonly names: ReadonlySet<string> } {
  const list = Deno.readTextFileSync(
    `${new URL(".", `file://${Deno.realPathSync(ZIG)}`).pathname}lib/libc/darwin/libSystem.tbd`,
  );
  const library = /^install-name:\s+'(.*)'/m.exec(list)?.[1] ?? "";
  const found = Object.values(targets).map(() => new Set<string>());
  for (
    const [, kinds = "", names = ""] of list.matchAll(/- targets:\s*\[([^\]]*)\]\s*symbols:\s*\[([^\]]*)\]/g)
  ) {
    const words = names.split(",").map((name) => name.trim().replace(/^'?_|'$/g, ""));
    for (const [index, target] of Object.values(targets).entries()) {
      if (kinds.split(",").some((kind) => kind.trim() === target)) {
        words.forEach((word) => found[index]?.add(word));
      }
    }
  }
  const [first = new Set(), second = new Set()] = found;
  return { library, names: first.intersection(second) };
}
