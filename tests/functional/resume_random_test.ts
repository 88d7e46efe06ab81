/**
 * Many VMs that go on from one template: no two of them draw the same random bytes. Only with SMOLVM_TEST_RESUMED, which
 * is how many (`deno task test:soak` has 50).
 *
 * @module
 */
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { hostPrograms } from "../harness/host_programs.ts";
import { Home } from "../harness/smolvm.ts";

const COUNT = Number(Deno.env.get("SMOLVM_TEST_RESUMED") ?? "0");

/** How many run at once. */
const AT_ONCE = 4;

/** What each draws, a line each: of the kernel by its device, by getrandom(2) in two programs, and by /proc. */
const DRAW = [
  "head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n'; echo",
  "cat /proc/sys/kernel/random/uuid /proc/sys/kernel/random/boot_id",
  "mktemp -u XXXXXXXXXXXXXXXX",
  "ssh-keygen -q -t ed25519 -N '' -f /root/key; cut -d ' ' -f 2 /root/key.pub",
].join("; ");

Deno.test({
  name: `${COUNT} VMs of one template draw other random bytes, and other host keys, each`,
  ignore: COUNT === 0 || Deno.env.get("SMOLVM_ENGINE") === "krun",
  fn: async () => {
    await using home = new Home();
    const root = `${home.path}/root`;
    await hostPrograms(root, ["sh", "head", "od", "tr", "cat", "mktemp", "cut", "ssh-keygen"]);
    assertEquals((await home.run(["image", "load", root, "--name", "keys:1"])).code, 0);
    const drawn: string[][] = [];
    const env = { SMOLVM_LOG: "debug", SMOLVM_ENGINE: "qemu" };
    const draw = async (): Promise<void> => {
      const { code, stdout, stderr } = await home.run(["run", "keys:1", "sh", "-c", DRAW], { env });
      assertEquals(code, 0, stderr);
      // One that booted says nothing of templates; the first, which all others wait for, makes it.
      assertMatch(stderr, /vmm started, to go on from a template/);
      drawn.push(stdout.trim().split("\n"));
    };
    await draw();
    const each = async (): Promise<void> => {
      while (drawn.length < COUNT) await draw();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, each));
    assertEquals([...new Set(drawn.map((lines) => lines.length))], [5]);
    const all = drawn.flat();
    assertEquals(new Set(all).size, all.length);
  },
});
