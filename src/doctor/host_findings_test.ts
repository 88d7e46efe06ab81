import type { VirtualizationSource } from "../engine/krun/kvm.ts";
import { assertEquals, assertMatch, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { judgeQemu, processor, stateFolder, virtualization } from "./host_findings.ts";

const linux: VirtualizationSource = {
  os: "linux",
  arch: "x86_64",
  cpuInfo: () => "model name\t: EPYC\nflags\t\t: fpu svm\n",
  openKvm: () => {},
  kvmDevice: () => ({ mode: 0o660, group: "kvm" }),
  hypervisorSupport: () => "",
  entitlements: () => "",
};

Deno.test("processor() names the model and what it says of VMs", () => {
  const real = processor(linux);
  assertTrue(real.grade === "ok" && real.details.endsWith("EPYC, svm"), real.details);
  const nested = processor({ ...linux, cpuInfo: () => "model name : Xeon\nflags : fpu hypervisor\n" });
  assertEquals(nested.grade, "missing");
  assertMatch(nested.details, /Xeon, neither vmx nor svm; it is a virtual one itself$/);
});

Deno.test("virtualization() says whose /dev/kvm is, and whether it opens", () => {
  assertEquals(virtualization(linux).details, "/dev/kvm opens (group kvm, mode 0660)");
  const openKvm = () => {
    throw new Deno.errors.PermissionDenied();
  };
  assertEquals(
    virtualization({ ...linux, openKvm }).details,
    "/dev/kvm does not open: this user may not (group kvm, mode 0660)",
  );
  assertEquals(virtualization({ ...linux, kvmDevice: () => undefined }).details, "/dev/kvm is not a device");
});

Deno.test("judgeQemu() tells what is too old", () => {
  assertEquals(judgeQemu("/q", "QEMU emulator version 7.2.22 (Debian 1:7.2)").details, "7.2.22, /q");
  assertEquals(judgeQemu("/q", "QEMU emulator version 5.2.0").grade, "ok");
  const old = judgeQemu("/q", "QEMU emulator version 4.2.1");
  assertEquals([old.grade, old.details, old.remedy], [
    "missing",
    "4.2.1, /q is too old",
    "install 5.2 or later",
  ]);
});

Deno.test("stateFolder() tries to write and to lock, and says how much room there is", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals(stateFolder("data folder", `${folder}/new`, 0).grade, "ok");
  assertEquals([...Deno.readDirSync(`${folder}/new`)], []);
  assertEquals(stateFolder("data folder", folder, 2 ** 60).grade, "missing");
  assertEquals(stateFolder("data folder", "/proc/new", 0).grade, "bad");
  await Deno.remove(folder, { recursive: true });
});
