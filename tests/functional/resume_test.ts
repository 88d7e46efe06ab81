/**
 * VMs that go on from a template in place of booting: on QEMU, which can save one. Each is a VM of its own.
 *
 * @module
 */
import { removeIfThere } from "../../src/files/remove_if_there.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { type Ended, Home } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();
const folder = `${home.path}/cache/templates`;
// Other tests have those that the whole run made.
removeIfThere(folder, { recursive: true });
const ON_QEMU = Deno.env.get("SMOLVM_ENGINE") !== "krun";

const RESUMED = "vmm started, to go on from a template";
const BOOTED = "vmm started engine";

/** Runs a script in Alpine's shell, with the steps on stderr. */
function sh(script: string, env: Record<string, string> = {}): Promise<Ended> {
  return home.run(["run", "alpine", "sh", "-c", script], { env: { SMOLVM_LOG: "debug", ...env } });
}

/** The templates that are there. */
function templates(): string[] {
  return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
}

const IDENTITY = "head -c 32 /dev/urandom | od -An -tx1; cat /proc/sys/kernel/random/boot_id " +
  "/proc/sys/kernel/random/uuid; hostname";

Deno.test({
  name:
    "runs of one shape go on from one template, each with a disk, a clock, a name and randomness of its own",
  ignore: !ON_QEMU,
  fn: async () => {
    const before = Date.now();
    const ended = await Promise.all([1, 2, 3].map(() => sh(`${IDENTITY}; touch /mine; ls /mine; date +%s`)));
    const last = await sh(`${IDENTITY}; ls /mine; date +%s`);
    assertMatch(last.stderr, new RegExp(RESUMED));
    assertEquals([templates().length, last.code], [1, 0], last.stderr);
    const told = [...ended, last].map(({ stdout }) => stdout.trim().split("\n"));
    const words = told.flatMap((lines) => lines.filter((line) => line !== "/mine").slice(0, -1));
    assertEquals(new Set(words).size, words.length, words.join("\n"));
    assertMatch(last.stderr, /ls: \/mine: No such file/);
    for (const lines of told) {
      const seconds = Number(lines.at(-1));
      assertTrue(
        seconds >= Math.floor(before / 1000) - 1 && seconds <= Date.now() / 1000 + 1,
        String(seconds),
      );
    }
  },
});

Deno.test({
  name: "SMOLVM_RESUME=off boots",
  ignore: !ON_QEMU,
  fn: async () => {
    const { stdout, stderr } = await sh("echo here", { SMOLVM_RESUME: "off" });
    assertEquals([stdout, stderr.includes(BOOTED), stderr.includes(RESUMED)], ["here\n", true, false]);
  },
});

Deno.test({
  name: "a template that is damaged is thrown away, and the run boots",
  ignore: !ON_QEMU,
  fn: async () => {
    const [key = ""] = templates();
    Deno.writeTextFileSync(`${folder}/${key}/state`, "no state of QEMU's");
    const { stdout, stderr, code } = await sh("echo here");
    assertEquals([stdout, code, stderr.includes(BOOTED), templates()], ["here\n", 0, true, []], stderr);
  },
});

Deno.test({
  name: "a machine goes on from a template with what it had on its disk, of any size",
  ignore: !ON_QEMU,
  fn: async () => {
    const env = { SMOLVM_LOG: "debug" };
    const vm = (...args: string[]) => home.run(["vm", ...args], { env });
    await vm("create", "--name", "kept", "--disk", "3G");
    const size = await vm(
      "exec",
      "--name",
      "kept",
      "sh",
      "-c",
      "echo kept > /root/file; df -m /storage | tail -1",
    );
    assertTrue(Number(/(\d+)/.exec(size.stdout.replace(/^\S+/, ""))?.[1]) > 2_800, size.stdout + size.stderr);
    assertEquals((await vm("stop", "kept")).code, 0);
    const again = await vm("exec", "--name", "kept", "sh", "-c", "cat /root/file; cat /proc/cmdline");
    assertMatch(again.stdout, /^kept\n.* smolvm\.template /);
    await vm("delete", "-f", "kept");
  },
});
