/**
 * Whether this host's processor can run libkrun's VMs. Reads; starts nothing.
 *
 * @module
 */
import { isTranslated } from "../../ffi/translated.ts";
import { appleSilicon, type Processor, targetName } from "../../target.ts";
import type { Availability } from "../engine.ts";
import { processors } from "../processors.ts";

/** What {@linkcode probeVirtualization} looks at; a parameter so that tests need no hardware. */
export interface VirtualizationSource {
  readonly os: "linux" | "darwin";
  readonly arch: Processor;
  /** Text of /proc/cpuinfo; empty where there is none. */
  cpuInfo(): string;
  /** Opens /dev/kvm for reading and writing and closes it; throws what the system throws. */
  openKvm(): void;
  /** Who may open /dev/kvm; `undefined` when it is no device, or not there. */
  kvmDevice(): KvmDevice | undefined;
  /** Whether macOS translates this program, which was built for Intel, on Apple silicon. */
  translated(): boolean;
  /** Value of `sysctl kern.hv_support` on macOS. */
  hypervisorSupport(): string;
  /** The entitlements that this program is signed with, as macOS's codesign lists them. */
  entitlements(): string;
}

/** What the file system says of /dev/kvm. */
export interface KvmDevice {
  /** Permission bits. */
  readonly mode: number;
  /** Its group's name, or number where that has none. */
  readonly group: string;
}

/**
 * Judges the host. On x86 a /dev/kvm that opens is not enough: a paravirtual one has no vmx or svm and
 * hangs an unmodified kernel, so the processor's flags decide too.
 */
export function probeVirtualization(source: VirtualizationSource): Availability {
  if (source.os === "darwin") return probeHypervisorFramework(source);
  const kvm = probeDevice(source);
  const { virtualizationFlag } = processors[source.arch];
  if (!kvm.usable || virtualizationFlag === undefined) return kvm;
  const flags = virtualizationFlag.exec(source.cpuInfo());
  if (flags) return { usable: true, details: `/dev/kvm with ${flags[1]}` };
  return {
    usable: false,
    reason: "the processor has neither vmx nor svm, so /dev/kvm cannot run an unmodified kernel",
    remedy: "turn on virtualization in the firmware, or nested virtualization for this VM",
  };
}

function probeDevice(source: VirtualizationSource): Availability {
  const absent: Availability = {
    usable: false,
    reason: "there is no /dev/kvm",
    remedy: "load the kvm_intel or kvm_amd module, or turn on virtualization in the firmware",
  };
  try {
    source.openKvm();
    if (source.kvmDevice() === undefined) return { ...absent, reason: "/dev/kvm is not a device" };
    return { usable: true, details: "/dev/kvm" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return absent;
    if (error instanceof Deno.errors.PermissionDenied) {
      return {
        usable: false,
        reason: "this user may not open /dev/kvm",
        remedy: permission(source.kvmDevice()),
      };
    }
    return {
      usable: false,
      reason: `/dev/kvm does not open (${(error as Error).message})`,
      remedy: "look at the kernel's log for kvm",
    };
  }
}

/** What gives a user the device depends on whom it belongs to. */
function permission(device: KvmDevice | undefined): string {
  if (device && (device.mode & 0o060) === 0o060 && device.group !== "root") {
    return `add the user to the group ${device.group} (sudo usermod -aG ${device.group} $USER) and log in again`;
  }
  return "give the device to a group of yours (sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm)";
}

function probeHypervisorFramework(source: VirtualizationSource): Availability {
  if (!processors[source.arch].krunOnMac) {
    if (source.translated()) {
      const reason = "this smolvm is for Macs with Intel; Rosetta, which runs it here, runs no VMs";
      return { usable: false, reason, remedy: `install the smolvm for ${targetName(appleSilicon)}` };
    }
    const reason = "libkrun runs VMs on Macs with Apple silicon only";
    return { usable: false, reason, remedy: "use the qemu engine (brew install qemu)" };
  }
  if (source.hypervisorSupport().trim() !== "1") {
    const reason = "this Mac has no Hypervisor.framework support";
    return { usable: false, reason, remedy: "use a Mac with Apple silicon" };
  }
  if (source.entitlements().includes("com.apple.security.hypervisor")) {
    return { usable: true, details: "Hypervisor.framework" };
  }
  const reason = "this program is not signed with the entitlement com.apple.security.hypervisor";
  return {
    usable: false,
    reason,
    remedy: "install a signed smolvm; one built from source is signed by deno task sign dist/smolvm",
  };
}

/**
 * The real host.
 *
 * @param program file that becomes the VMM, whose signature macOS asks for an entitlement
 */
export function hostVirtualization(program: string): VirtualizationSource {
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
    kvmDevice,
    translated: isTranslated,
    hypervisorSupport: () => outputOf("sysctl", ["-n", "kern.hv_support"]),
    entitlements: () => outputOf("codesign", ["-d", "--entitlements", "-", program]),
  };
}

/** What a program prints. */
function outputOf(program: string, args: string[]): string {
  return new TextDecoder().decode(
    new Deno.Command(program, { args, cwd: "/", stderr: "null" }).outputSync().stdout,
  );
}

function kvmDevice(): KvmDevice | undefined {
  try {
    const { isCharDevice, mode, gid } = Deno.statSync("/dev/kvm");
    if (!isCharDevice) return undefined;
    return { mode: (mode ?? 0) & 0o777, group: groupName(gid ?? 0) };
  } catch {
    return undefined;
  }
}

function groupName(gid: number): string {
  try {
    const lines = Deno.readTextFileSync("/etc/group").split("\n").map((line) => line.split(":"));
    return lines.find(([, , id]) => id === String(gid))?.[0] ?? String(gid);
  } catch {
    return String(gid);
  }
}
