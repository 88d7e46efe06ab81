/**
 * `smolvm doctor` on this host.
 *
 * @module
 */
import { hostVirtualization, probeVirtualization } from "../../src/engine/krun/kvm.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { BINARY, Home } from "../harness/smolvm.ts";

interface Finding {
  readonly name: string;
  readonly grade: string;
  readonly details: string;
}

Deno.test("doctor names the engine that auto takes, why, and what a VM needs", async () => {
  await using home = new Home();
  const { code, stdout, stderr } = await home.run(["doctor", "--json"], { env: { SMOLVM_ENGINE: "auto" } });
  assertEquals([code, stderr], [0, ""]);
  const { findings, engine, why } = JSON.parse(stdout);
  const expected = probeVirtualization(hostVirtualization(Deno.execPath())).usable ? "krun" : "qemu";
  assertEquals(engine, expected);
  assertTrue(why !== "");
  const server = findings.find(({ name }: Finding) => name === "file server");
  assertMatch(`${server.grade} ${server.details}`, /^ok virtiofsd \d+\.\d+\.\d+, /);
  const names = findings.map(({ name }: Finding) => name);
  for (
    const name of [
      "host",
      "processor",
      "virtualization",
      "engine krun",
      "engine qemu",
      "libkrun",
      "file server",
      "data folder",
    ]
  ) {
    assertTrue(names.includes(name), name);
  }
});

Deno.test("doctor says what a libkrun cannot promise, or why it does not load", async () => {
  await using home = new Home();
  const { stdout } = await home.run(["doctor"], { env: { SMOLVM_LIBKRUN: "/no/such/libkrun.so" } });
  assertMatch(stdout, /^-- {2}libkrun +\/no\/such\/libkrun\.so: it does not load \(.*No such file/m);
});

Deno.test("doctor fails where nothing can be kept", async () => {
  await using home = new Home();
  const { code, stdout } = await home.run(["doctor"], { env: { SMOLVM_HOME: "/proc/smolvm" } });
  assertEquals(code, 1);
  assertMatch(stdout, /No VM can run here: .*folder/);
});

Deno.test("doctor --boot boots a VM", async () => {
  await using home = new Home();
  const { code, stdout } = await home.run(["doctor", "--boot"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^boot: a VM answered after \d+\.\d s$/m);
});

/** Runs doctor where a shell has changed the machine, in a mount namespace of its own. */
async function doctorAfter(script: string, smolvm = BINARY): Promise<{ code: number; stdout: string }> {
  await using home = new Home();
  const { code, stdout } = await new Deno.Command("unshare", {
    args: ["-m", "sh", "-c", `${script} "$0" doctor`, smolvm],
    clearEnv: true,
    env: home.env({ SMOLVM_ENGINE: "auto" }),
    stdin: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

/** Whether this user may open a device for reading and writing. */
function opens(path: string): boolean {
  try {
    Deno.openSync(path, { read: true, write: true }).close();
    return true;
  } catch {
    return false;
  }
}

const root = Deno.uid() === 0;
const BARE_DEV = "mount -t tmpfs dev /dev && mknod /dev/null c 1 3 && mknod /dev/urandom c 1 9 &&";

Deno.test({
  name: "doctor on a machine without /dev/kvm says so",
  ignore: !root,
  fn: async () => {
    const { code, stdout } = await doctorAfter(BARE_DEV);
    assertMatch(stdout, /^-- {2}virtualization +there is no \/dev\/kvm$/m);
    assertMatch(stdout, /^-- {2}engine krun +there is no \/dev\/kvm\n +→ load the kvm_intel/m);
    assertMatch(stdout, /^VMs run on qemu, software emulation: krun: there is no \/dev\/kvm$/m);
    assertEquals(code, 0);
  },
});

Deno.test({
  name: "doctor is not taken in by a paravirtual /dev/kvm, which opens on a processor without vmx and svm",
  ignore: !root || !opens("/dev/kvm"),
  fn: async () => {
    const script = `flags=$(mktemp) && sed -E 's/ (vmx|svm)\\b//g' /proc/cpuinfo > $flags &&
      mount --bind $flags /proc/cpuinfo && rm -f $flags && exec`;
    const { code, stdout } = await doctorAfter(script);
    assertMatch(stdout, /^-- {2}processor +\d+ × .*neither vmx nor svm/m);
    assertMatch(stdout, /^-- {2}engine krun +the processor has neither vmx nor svm, so \/dev\/kvm cannot/m);
    assertMatch(stdout, /^VMs run on qemu, software emulation: krun: the processor has neither vmx nor svm/m);
    assertEquals(code, 0);
  },
});

Deno.test({
  name: "doctor on a machine with neither engine fails, with what to do about each",
  ignore: !root,
  fn: async () => {
    const { code, stdout } = await doctorAfter(`${BARE_DEV} PATH=/usr/sbin`);
    assertMatch(stdout, /^-- {2}engine qemu +qemu-system-\w+ is not installed\n +→ install qemu-system/m);
    assertMatch(stdout, /^No VM can run here: krun: there is no \/dev\/kvm; qemu: .* is not installed$/m);
    assertEquals(code, 1);
  },
});

Deno.test({
  name: "doctor tells a user who may not open /dev/kvm from a machine without it",
  ignore: !root,
  fn: async () => {
    // A device that only root may open, whatever the machine's own is like; 10, 232 is kvm's number.
    const device =
      `${BARE_DEV} mknod -m 600 /dev/kvm c 10 232 && chmod 666 /dev/null && chown -R 65534 "$SMOLVM_HOME" &&`;
    // The binary may lie where only root may go; that user's folder, as after su, is one.
    const folder = await Deno.makeTempDir();
    const smolvm = await Deno.makeTempFile();
    await Deno.copyFile(BINARY, smolvm);
    await Deno.chmod(smolvm, 0o755);
    const { code, stdout } = await doctorAfter(
      `cd ${folder} && ${device} setpriv --reuid 65534 --regid 65534 --clear-groups`,
      smolvm,
    ).finally(() => Promise.all([Deno.remove(smolvm), Deno.remove(folder)]));
    assertMatch(
      stdout,
      /^-- {2}virtualization +\/dev\/kvm does not open: this user may not \(group root, mode 0600\)$/m,
    );
    assertMatch(
      stdout,
      /^-- {2}engine krun +this user may not open \/dev\/kvm\n +→ give the device to a group of yours/m,
    );
    assertEquals(code, 0);
  },
});

Deno.test({
  name: "doctor says where the kernel has no Landlock",
  fn: async () => {
    await using home = new Home();
    // strace makes the kernel deny that it has it.
    const args = ["-f", "-o", "/dev/null", "-e", "trace=landlock_create_ruleset", "--seccomp-bpf"];
    const { code, stdout } = await new Deno.Command("strace", {
      args: [...args, "-e", "inject=landlock_create_ruleset:error=EOPNOTSUPP", BINARY, "doctor"],
      clearEnv: true,
      env: home.env(),
      stdin: "null",
    }).output();
    assertMatch(new TextDecoder().decode(stdout), /^-- {2}confinement +this kernel has no Landlock/m);
    assertEquals(code, 0);
  },
});

Deno.test("doctor fails for an engine that is asked for and cannot run", async () => {
  await using home = new Home();
  const { code, stdout } = await home.run(["doctor"], { env: { SMOLVM_ENGINE: "qemu", PATH: "/nowhere" } });
  assertEquals(code, 1);
  assertMatch(stdout, /^No VM can run here: qemu: qemu-system-\w+ is not installed$/m);
});
