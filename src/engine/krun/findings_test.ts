import { assertEquals, assertMatch, assertTrue } from "../../../tests/harness/assert.ts";
import { libkrun, processor, virtualization } from "./findings.ts";
import type { VirtualizationSource } from "./kvm.ts";

const linux: VirtualizationSource = {
  os: "linux",
  arch: "x86_64",
  cpuInfo: () => "model name\t: EPYC\nflags\t\t: fpu svm\n",
  openKvm: () => {},
  kvmDevice: () => ({ mode: 0o660, group: "kvm" }),
  translated: () => false,
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

Deno.test("libkrun() says that there is none, or why the one that would be taken does not serve", () => {
  assertEquals(libkrun(undefined).details, "none is carried, and none is installed");
  const broken = libkrun({ library: "/etc/passwd", preload: [], version: "1.2.3" });
  assertEquals([broken.grade, broken.remedy !== undefined], ["missing", true]);
  assertMatch(broken.details, /^1\.2\.3, \/etc\/passwd: it does not load \(/);
});
