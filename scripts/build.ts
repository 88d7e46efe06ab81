/**
 * Builds smolvm: every part, then the binary that carries them. Steps whose inputs did not change are skipped. Run it
 * as `deno task build`, for this machine into dist/smolvm, or as `deno task build --target TARGET` for another one into
 * dist/TARGET/smolvm; scripts/setup.sh fetches what it needs.
 *
 * @module
 */
import { FileLock } from "../src/host/lock.ts";
import { parseTarget, type Target, targetName, thisTarget } from "../src/target.ts";
import { buildBinary, outputOf } from "./build/binary.ts";
import { WORK } from "./build/step.ts";

/** The target that the words name; this machine's without any. @throws {TypeError} for other words */
export function wantedTarget(words: readonly string[]): Target {
  const [first, name, ...more] = words.flatMap((word) =>
    word.startsWith("--target=") ? word.split("=") : [word]
  );
  if (first === undefined) return thisTarget;
  if (first === "--target" && name !== undefined && more.length === 0) return parseTarget(name);
  throw new TypeError(`Cannot build for ${words.join(" ")}: write deno task build --target TARGET`);
}

/** Has setup.sh fetch what another target needs, which it does once. */
async function prepare(target: Target): Promise<void> {
  const { success } = await new Deno.Command("scripts/setup.sh", {
    args: [targetName(target)],
    stdin: "null",
  }).spawn()
    .status;
  if (!success) Deno.exit(1);
}

if (import.meta.main) {
  try {
    const target = wantedTarget(Deno.args);
    if (outputOf(target) !== outputOf(thisTarget)) await prepare(target);
    Deno.mkdirSync(WORK, { recursive: true });
    using _alone = await FileLock.acquire(`${WORK}/lock`, { signal: AbortSignal.timeout(600_000) });
    await buildBinary(target);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`build: ${error.message}`);
    Deno.exit(1);
  }
}
