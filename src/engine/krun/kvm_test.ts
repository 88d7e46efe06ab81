import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { probeVirtualization, type VirtualizationSource } from "./kvm.ts";

const linux: VirtualizationSource = {
  os: "linux",
  arch: "x86_64",
  cpuInfo: () => "processor\t: 0\nflags\t\t: fpu svm lm\n",
  openKvm: () => {},
  kvmDevice: () => ({ mode: 0o660, group: "kvm" }),
  translated: () => false,
  hypervisorSupport: () => "",
  entitlements: () => "",
};

Deno.test("probeVirtualization() takes /dev/kvm with vmx or svm", () => {
  assertEquals(probeVirtualization(linux), { usable: true, details: "/dev/kvm with svm" });
});

Deno.test("probeVirtualization() refuses a paravirtual /dev/kvm", () => {
  const found = probeVirtualization({ ...linux, cpuInfo: () => "flags\t\t: fpu svm_lock lm\n" });
  assertTrue(!found.usable && found.reason.includes("neither vmx nor svm"));
});

Deno.test("probeVirtualization() tells an absent device from a forbidden one", () => {
  const absent = probeVirtualization({
    ...linux,
    openKvm: () => {
      throw new Deno.errors.NotFound();
    },
  });
  const forbidden = probeVirtualization({
    ...linux,
    openKvm: () => {
      throw new Deno.errors.PermissionDenied();
    },
  });
  assertTrue(!absent.usable && absent.reason === "there is no /dev/kvm");
  assertTrue(!forbidden.usable && forbidden.remedy.includes("group kvm"));
});

Deno.test("probeVirtualization() asks for Hypervisor.framework and the entitlement on macOS", () => {
  const mac = { ...linux, os: "darwin", arch: "aarch64", hypervisorSupport: () => "1\n" } as const;
  const entitlements = () => "[Key] com.apple.security.hypervisor\n[Value]\n[Bool] true\n";
  assertEquals(probeVirtualization({ ...mac, entitlements }), {
    usable: true,
    details: "Hypervisor.framework",
  });
  assertTrue(!probeVirtualization({ ...mac, entitlements, hypervisorSupport: () => "0\n" }).usable);
  const intel = probeVirtualization({ ...mac, entitlements, arch: "x86_64" });
  assertTrue(!intel.usable && intel.reason.endsWith("Apple silicon only"));
  const translated = probeVirtualization({ ...mac, entitlements, arch: "x86_64", translated: () => true });
  assertTrue(!translated.usable && translated.remedy === "install the smolvm for aarch64-darwin");
  const unsigned = probeVirtualization({ ...mac, entitlements: () => "" });
  assertTrue(!unsigned.usable && unsigned.remedy.includes("deno task sign"));
});

Deno.test("probeVirtualization() takes no other file for the device", () => {
  const found = probeVirtualization({ ...linux, kvmDevice: () => undefined });
  assertTrue(!found.usable && found.reason === "/dev/kvm is not a device");
});

Deno.test("probeVirtualization() advises a group only where that would help", () => {
  const openKvm = () => {
    throw new Deno.errors.PermissionDenied();
  };
  const remedy = (mode: number, group: string): string => {
    const found = probeVirtualization({ ...linux, openKvm, kvmDevice: () => ({ mode, group }) });
    return found.usable ? "" : found.remedy;
  };
  assertTrue(remedy(0o660, "virt").includes("usermod -aG virt"));
  assertTrue(remedy(0o600, "root").includes("chgrp kvm"));
  assertTrue(remedy(0o660, "root").includes("chgrp kvm"));
});
