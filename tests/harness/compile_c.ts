/**
 * Compiles C for tests with the compiler that builds the product.
 *
 * @module
 */
import { buildProcessors } from "../../scripts/build/targets.ts";
import { thisTarget } from "../../src/target.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/**
 * Compiles one file.
 *
 * @param source path of the C file
 * @param output path of what is made
 * @param flags more arguments: `-shared` makes a library
 */
export async function compileC(source: string, output: string, flags: readonly string[] = []): Promise<void> {
  const cache = `${ROOT}.cache/zig`;
  const { success, stderr } = await new Deno.Command(Deno.realPathSync(`${ROOT}.cache/parts/ziglang`), {
    args: ["cc", "-target", buildProcessors[thisTarget.processor].zig, "-s", "-o", output, source, ...flags],
    env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
  }).output();
  if (!success) throw new Error(`Cannot compile ${source}: ${new TextDecoder().decode(stderr)}`);
}
