import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { probeVirtualization, type VirtualizationSource } from "./kvm.ts";

const linux: VirtualizationSource = {
  os: "linux",
  arch: "x86_64",
  cpuInfo: () => "processor\t: 0\nflags\t\t: fpu svm lm\n",
  openKvm: () => {},
  hypervisorSupport: () => "",
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

Deno.test("probeVirtualization() asks sysctl on macOS", () => {
  assertTrue(probeVirtualization({ ...linux, os: "darwin", hypervisorSupport: () => "1\n" }).usable);
  assertTrue(!probeVirtualization({ ...linux, os: "darwin", hypervisorSupport: () => "0\n" }).usable);
});
