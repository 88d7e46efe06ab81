/**
 * A program behind the start that every binary has (src/start), in place of the runtime, which takes a minute to compile.
 *
 * @module
 */
import { startOf, withStart } from "../../scripts/build/native_start.ts";
import { nativeStart } from "../../scripts/build/programs.ts";
import { thisTarget } from "../../src/target.ts";
import { compileC } from "./compile_c.ts";

/** Its entry and its system calls, without a C library; for x86_64. */
const HEAD = `
__asm__(".globl _start\\n_start: mov %rsp, %rdi\\n and $-16, %rsp\\n call go\\n");
static long call(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}
`;

/** Neither a C library nor sanitizers, which need one. */
const FLAGS = ["-static", "-fno-sanitize=all", "-nostdlib", "-ffreestanding", "-Wl,--build-id"];

/**
 * Makes `made` in a folder.
 *
 * @param go C: `void go(long *stack)`, which gets the count of words and the words, has `call`, and must not return
 * @returns the program without and with the start
 */
export async function programBehindStart(
  folder: string,
  go: string,
): Promise<{ readonly plain: Uint8Array; readonly made: Uint8Array }> {
  await Deno.writeTextFile(`${folder}/main.c`, HEAD + go);
  await compileC(`${folder}/main.c`, `${folder}/plain`, FLAGS);
  await nativeStart(thisTarget).make(`${folder}/start`);
  const plain = await Deno.readFile(`${folder}/plain`);
  const made = withStart(plain, startOf(await Deno.readFile(`${folder}/start`)), 4096);
  await Deno.writeFile(`${folder}/made`, made, { mode: 0o755 });
  return { plain, made };
}
