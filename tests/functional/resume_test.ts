/**
 * VMs that go on from a template in place of booting: on QEMU, which can save one. Each is a VM of its own.
 *
 * @module
 */
import { removeIfThere } from "../../src/files/remove_if_there.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { bootAlpine } from "../harness/own_vm.ts";
import { type Ended, Home } from "../harness/smolvm.ts";
import { QemuEngine } from "../../src/engine/qemu/engine.ts";
import { Templates } from "../../src/engine/qemu/templates.ts";
import type { Payload } from "../../src/payload/payload.ts";
import type { RunningVm } from "../../src/vm/running_vm.ts";
import { Channel } from "../../src/wire/stream.ts";

// These are about templates, also where all tests run without them.
Deno.env.delete("SMOLVM_RESUME");

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
function templates(below = folder): string[] {
  return [...Deno.readDirSync(below)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
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

/** What a script in the VM's own root prints. */
async function inRoot(vm: RunningVm, script: string): Promise<string> {
  const stream = vm.open({
    kind: "exec",
    argv: ["sh", "-c", `${script} 2>&1`],
    env: ["PATH=/sbin:/bin:/usr/sbin:/usr/bin"],
    cwd: "/",
    user: "",
    stdin: false,
    timeoutMilliseconds: 0,
  });
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = await stream.read(Channel.stdout); bytes; bytes = await stream.read(Channel.stdout)) {
    text += decoder.decode(bytes, { stream: true });
  }
  await stream.ended;
  return text;
}

/** Files in memory, cgroups, filesystems, processes but the kernel's, names, and what the agent says of its boot. */
async function traces(vm: RunningVm) {
  const [look, hostname, processes] = [
    "find /run /tmp /sys/fs/cgroup -mindepth 1 -type d; cut -d ' ' -f 1-3 /proc/mounts; losetup -a",
    "hostname; cat /proc/sys/kernel/hostname",
    "ls -l /proc/[0-9]*/exe | grep -c -- '->'",
  ];
  const all = [await inRoot(vm, look), await inRoot(vm, hostname), await inRoot(vm, processes)];
  return {
    found: all.map((text) => text.replaceAll(/exec-\d+/g, "exec-N").trim()),
    boot: vm.ack.boot.map(({ step }) => step),
    protocol: vm.ack.protocol,
  };
}

Deno.test({
  name: "nothing is left of a template's rehearsal, and one whose rehearsal fails is made without",
  ignore: !ON_QEMU,
  fn: async () => {
    await using rehearsed = await bootAlpine(home, 256);
    const disk = `${home.path}/cache/no-disk`;
    const engineOf = (payload: Payload) =>
      new QemuEngine({
        kernel: () => payload.path("vmlinux"),
        confine: () => payload.path("confine"),
        templates: new Templates(disk),
        // No filesystem is on it, so that the agent cannot answer the hello of a rehearsal.
        storage: (path) => Deno.writeFile(path, new Uint8Array(1 << 20)),
      });
    await using plain = await bootAlpine(home, 256, { engineOf });
    const [ours, theirs] = [await traces(rehearsed), await traces(plain)];
    assertEquals(ours, theirs);
    assertEquals([ours.boot.includes("resumed"), ours.found[1]], [true, "own\nown"]);
    const keys = templates(disk);
    assertEquals(keys.length, 1);
    const files = [...Deno.readDirSync(`${disk}/${keys[0]}`)].map(({ name }) => name);
    assertEquals(files.sort(), ["memory", "state"]);
  },
});
