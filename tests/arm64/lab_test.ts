/**
 * The arm64 binary itself on krun: an emulated processor that has KVM of its own runs it, on the kernel that it carries and in
 * Alpine with glibc, so that nothing else is needed. Two to four minutes. Part of `deno task test:arm64`.
 *
 * @module
 */
import { findProgram } from "../../src/engine/programs.ts";
import { assertEquals, assertMatch } from "../harness/assert.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const WORK = `${ROOT}.cache/build/aarch64-linux`;

/** Longest that the lab may take, in milliseconds. */
const DEADLINE = 600_000;

async function run(script: string, env: Record<string, string>): Promise<string> {
  const command = new Deno.Command("bash", {
    args: ["-euo", "pipefail", "-c", script],
    env,
    stdin: "null",
    signal: AbortSignal.timeout(DEADLINE),
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  assertEquals(code, 0, text.decode(stderr));
  return text.decode(stdout);
}

/** The first root: Alpine's files, glibc, the binary, and the script that is process 1. */
const makeRoot = `
mkdir -p root/proc root/sys root/dev root/tmp root/home
tar -c -C "$WORK/alpine" bin sbin lib etc usr/bin usr/sbin | tar -x -C root
cp -a "$ROOT.cache/parts/aarch64-linux/glibc/lib/." root/lib/
cp "$ROOT/dist/aarch64-linux/smolvm" root/smolvm
cp "$ROOT/tests/arm64/lab_init.sh" root/init
chmod +x root/init
cd root && find . | cpio -o -H newc --quiet > ../initrd
`;

const boot = `
exec qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu cortex-a72 -accel tcg,thread=multi -smp 2 -m 4096 -nodefaults \\
  -no-reboot -display none -serial stdio -kernel "$WORK/vmlinux" -initrd initrd \\
  -append "console=ttyAMA0 quiet panic=-1 cryptomgr.notests"
`;

/** What each command said, and how it ended, by its words. */
function stepsOf(console: string): Map<string, [number, string]> {
  const plain = console.replaceAll("\r", "");
  const steps = plain.matchAll(/^STEP \/smolvm (.*)\n([^]*?)^ENDED (\d+)$/gm);
  return new Map([...steps].map(([, words = "", text = "", code]) => [words, [Number(code), text]]));
}

Deno.test({
  name:
    "the arm64 binary runs an image on krun, makes a machine, executes in it and stops it, with nested KVM",
  ignore: findProgram("qemu-system-aarch64") === undefined || findProgram("cpio") === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "smolvm-lab-" });
    try {
      const env = { ROOT, WORK };
      await run(`cd ${folder}; ${makeRoot}`, env);
      const said = await run(`cd ${folder}; ${boot}`, env);
      const steps = stepsOf(said);
      assertMatch(steps.get("version")?.[1] ?? said, /^target +aarch64-linux$/m);
      assertMatch(steps.get("doctor")?.[1] ?? said, /^ok +engine krun +\/dev\/kvm$/m);
      assertEquals(steps.get("vm run alpine uname -m"), [0, "aarch64\n"]);
      assertEquals(steps.get("vm run alpine sh -c exit 7"), [7, ""]);
      assertEquals(steps.get("vm exec sh -c echo kept > /root/file; cat /proc/1/comm")?.[0], 0);
      assertEquals(steps.get("vm exec cat /root/file"), [0, "kept\n"]);
      assertEquals(steps.get("vm stop")?.[0], 0);
      assertMatch(steps.get("vm ls")?.[1] ?? said, /^default +stopped /m);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
