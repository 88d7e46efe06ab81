/**
 * What the engines have to know of a processor: how its kernel is told to boot and to end, and in which form libkrun takes
 * it. A table of targets. Pure.
 *
 * @module
 */
import type { Processor } from "../target.ts";

/** Words of the kernel's command line (Documentation/admin-guide/kernel-parameters.txt) that depend on the processor. */
export interface ProcessorFacts {
  /** How a reset, by which the VMM learns of the guest's end, is made: by libkrun's board, and by QEMU's. */
  readonly reset: { readonly hardware: readonly string[]; readonly emulated: readonly string[] };
  /** What makes an emulated boot shorter. */
  readonly quick: readonly string[];
  /** The same, for one processor and a VM that ends soon. */
  readonly quickAlone: readonly string[];
  /** What several emulated processors need. */
  readonly together: readonly string[];
  /** Name of Debian's and glibc's folder of libraries, below /lib and /usr/lib. */
  readonly libraries: string;
  /** A flag of /proc/cpuinfo without which a /dev/kvm cannot run our kernel; none: the device says all. */
  readonly virtualizationFlag?: RegExp;
  /** Whether libkrun runs on Macs with it: Hypervisor.framework of Intel's is another interface, which libkrun does not have. */
  readonly krunOnMac: boolean;
  /** The form of our kernel to libkrun (libkrun.h, `KRUN_KERNEL_FORMAT_*`). */
  readonly kernelFormat: "elf" | "raw";
}

export const processors: Readonly<Record<Processor, ProcessorFacts>> = {
  x86_64: {
    reset: { hardware: ["reboot=k"], emulated: ["reboot=t"] },
    // Without calibration of the delay loop and the timer, boot is a quarter of a second shorter.
    quick: ["lpj=4000000", "no_timer_check"],
    // To calibrate the processor's own timer (local APIC) takes a quarter of a second. One processor can do with
    // the board's timer (PIT), which then wakes it 37 times a second also when it is idle.
    quickAlone: ["noapictimer"],
    // Two emulated processors disagree about the time stamp counter, which has ended 1 boot in 60.
    together: ["tsc=unstable"],
    libraries: "x86_64-linux-gnu",
    virtualizationFlag: /^flags\s*:.*\b(vmx|svm)\b/m,
    krunOnMac: false,
    kernelFormat: "elf",
  },
  aarch64: {
    // The firmware interface (PSCI) resets, and has its own clock (CNTFRQ_EL0).
    reset: { hardware: [], emulated: [] },
    // This kernel tests its ciphers at boot, which takes an emulated one a second or two.
    quick: ["cryptomgr.notests"],
    quickAlone: [],
    together: [],
    libraries: "aarch64-linux-gnu",
    krunOnMac: true,
    kernelFormat: "raw",
  },
};
