/**
 * Where names of processors may stand: in the tables of targets, so that another target is a row there and nothing
 * else. What is said of a processor elsewhere asks a table.
 *
 * @module
 */
import { assertEquals } from "../harness/assert.ts";
import { readSources } from "./sources.ts";

/** The tables, each with what it says of a target. Tests may name what they try. */
const tables: Readonly<Record<string, string>> = {
  "src/target.ts": "the targets",
  "src/engine/processors.ts": "kernel words, libkrun's form of a kernel, folders of libraries",
  "src/engine/qemu/boards.ts": "QEMU's boards",
  "src/image/model/platform.ts": "names of platforms in images",
  "src/payload/payload.ts": "payloads of 0.1.0 have no target, and were x86_64-linux",
  "agent/syscalls/processor.ts": "numbers of system calls",
  "agent/container/seccomp_profile.ts": "names of architectures in filters",
  "agent/container/seccomp_calls.ts": "numbers of calls that filters speak of",
  "src/engine/kernel_elf.ts": "the form of an x86 kernel, which alone is wrapped",
  "scripts/build/kernel.ts": "the form of an arm64 kernel, which alone is taken as it is",
  "scripts/build/macho.ts": "kinds of Mach-O: libsui puts a program into each in another way",
  "scripts/tests/suites.ts": "the folder of the tests that want a build for arm64",
  "scripts/release/fill.ts": "how Homebrew calls processors",
  "scripts/build/targets.ts": "names of targets for Deno and zig, and digests of runtimes",
};

const NAME = /x86_64|aarch64|amd64|arm64/i;

/** The lines of code, without comments. */
function codeOf(text: string): string[] {
  return text.replace(/\/\*[^]*?\*\//g, "").split("\n").map((line) => line.replace(/(^|\s)\/\/.*/, ""));
}

Deno.test("no processor is named outside the tables of targets", () => {
  const named = readSources(["agent", "main.ts", "rootfs", "scripts", "src"])
    .filter(({ text }) => codeOf(text).some((line) => NAME.test(line))).map(({ path }) => path);
  assertEquals(named.sort(), Object.keys(tables).sort());
});
