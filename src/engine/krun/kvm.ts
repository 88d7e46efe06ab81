/**
 * Whether this host's processor can run libkrun's VMs. Reads; starts nothing.
 *
 * @module
 */
import type { Availability } from "../engine.ts";

/** What {@linkcode probeVirtualization} looks at; a parameter so that tests need no hardware. */
export interface VirtualizationSource {
  readonly os: "linux" | "darwin";
  readonly arch: "x86_64" | "aarch64";
  /** Text of /proc/cpuinfo; empty where there is none. */
  cpuInfo(): string;
  /** Opens /dev/kvm for reading and writing and closes it; throws what the system throws. */
  openKvm(): void;
  /** Value of `sysctl kern.hv_support` on macOS. */
  hypervisorSupport(): string;
}

/**
 * Judges the host. On x86 a /dev/kvm that opens is not enough: a paravirtual one has no vmx or svm and
 * hangs an unmodified kernel, so the processor's flags decide too.
 */
export function probeVirtualization(source: VirtualizationSource): Availability {
  if (source.os === "darwin") return probeHypervisorFramework(source);
  const kvm = probeDevice(source);
  if (!kvm.usable || source.arch === "aarch64") return kvm;
  const flags = /^flags\s*:.*\b(vmx|svm)\b/m.exec(source.cpuInfo());
  if (flags) return { usable: true, details: `/dev/kvm with ${flags[1]}` };
  return {
    usable: false,
    reason: "the processor has neither vmx nor svm, so /dev/kvm cannot run an unmodified kernel",
    remedy: "turn on virtualization in the firmware, or nested virtualization for this VM",
  };
}

function probeDevice(source: VirtualizationSource): Availability {
  try {
    source.openKvm();
    return { usable: true, details: "/dev/kvm" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return {
        usable: false,
        reason: "there is no /dev/kvm",
        remedy: "load the kvm_intel or kvm_amd module, or turn on virtualization in the firmware",
      };
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return {
        usable: false,
        reason: "this user may not open /dev/kvm",
        remedy: "add the user to the group kvm (sudo usermod -aG kvm $USER) and log in again",
      };
    }
    return {
      usable: false,
      reason: `/dev/kvm does not open (${(error as Error).message})`,
      remedy: "look at the kernel's log for kvm",
    };
  }
}

function probeHypervisorFramework(source: VirtualizationSource): Availability {
  if (source.hypervisorSupport().trim() === "1") return { usable: true, details: "Hypervisor.framework" };
  return {
    usable: false,
    reason: "this Mac has no Hypervisor.framework support",
    remedy: "use a Mac with Apple silicon",
  };
}

/** The real host. */
export function hostVirtualization(): VirtualizationSource {
  return {
    os: Deno.build.os === "darwin" ? "darwin" : "linux",
    arch: Deno.build.arch,
    cpuInfo: () => {
      try {
        return Deno.readTextFileSync("/proc/cpuinfo");
      } catch {
        return "";
      }
    },
    openKvm: () => Deno.openSync("/dev/kvm", { read: true, write: true }).close(),
    hypervisorSupport: () => {
      const output = new Deno.Command("sysctl", { args: ["-n", "kern.hv_support"], stderr: "null" })
        .outputSync();
      return new TextDecoder().decode(output.stdout);
    },
  };
}
