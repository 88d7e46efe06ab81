/**
 * The guest kernel's command line, the same on both engines but for what emulation needs. Pure.
 *
 * @module
 */
import { encodeBootWords } from "../guest_protocol/boot.ts";
import { placesOf, type VmDescription } from "./vm_description.ts";

/** What it depends on beside the VM. */
export interface KernelOptions {
  /** Software emulation: clocks cannot be trusted or calibrated quickly. */
  readonly emulated: boolean;
  /** The VM is saved before its first hello. */
  readonly template?: boolean;
}

/** Composes the command line (Documentation/admin-guide/kernel-parameters.txt). */
export function kernelCommandLine(vm: VmDescription, { emulated, template = false }: KernelOptions): string {
  const { root, storage } = placesOf(vm);
  const { rootWritable } = vm;
  const words = [
    "console=hvc0",
    "quiet",
    // A reset is how the VMM learns that the guest has ended; a panic resets at once.
    emulated ? "reboot=t" : "reboot=k",
    "panic=-1",
    `root=/dev/${root}`,
    "rootfstype=erofs",
    "ro",
    "init=/sbin/init",
    // The kernel's driver makes a card without a network by itself (drivers/net/dummy.c).
    "dummy.numdummies=0",
    ...encodeBootWords({ storage, rootWritable, template }),
  ];
  // Without calibration of the delay loop and the timer, boot is a quarter of a second shorter.
  if (emulated) words.push("lpj=4000000", "no_timer_check");
  // To calibrate the processor's own timer (local APIC) takes a quarter of a second. One processor can do with
  // the board's timer (PIT), which then wakes it 37 times a second also when it is idle.
  if (emulated && vm.shortLived && vm.cpus === 1) words.push("noapictimer");
  // Two emulated processors disagree about the time stamp counter, which has ended 1 boot in 60.
  if (emulated && vm.cpus > 1) words.push("tsc=unstable");
  return words.join(" ");
}
