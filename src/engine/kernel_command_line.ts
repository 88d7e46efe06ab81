/**
 * The guest kernel's command line, the same on both engines but for what emulation needs. Pure.
 *
 * @module
 */
import { encodeBootWords } from "../guest_protocol/boot.ts";
import { type Processor, thisTarget } from "../target.ts";
import { processors } from "./processors.ts";
import { placesOf, type VmDescription } from "./vm_description.ts";

/** What it depends on beside the VM. */
export interface KernelOptions {
  /** Software emulation: clocks cannot be trusted or calibrated quickly. */
  readonly emulated: boolean;
  /** The VM is saved before its first hello. */
  readonly template?: boolean;
  /** The guest's, which is the host's; this host's by default. */
  readonly processor?: Processor;
}

/** Composes the command line (Documentation/admin-guide/kernel-parameters.txt). */
export function kernelCommandLine(
  vm: VmDescription,
  { emulated, template = false, processor = thisTarget.processor }: KernelOptions,
): string {
  const { reset, quick, quickAlone, together } = processors[processor];
  const { root, storage } = placesOf(vm);
  const { rootWritable } = vm;
  const words = [
    "console=hvc0",
    "quiet",
    // A reset is how the VMM learns that the guest has ended; a panic resets at once.
    ...(emulated ? reset.emulated : reset.hardware),
    "panic=-1",
    `root=/dev/${root}`,
    "rootfstype=erofs",
    "ro",
    "init=/sbin/init",
    // The kernel's driver makes a card without a network by itself (drivers/net/dummy.c).
    "dummy.numdummies=0",
    ...encodeBootWords({ storage, rootWritable, template }),
  ];
  if (emulated) words.push(...quick);
  if (emulated && vm.shortLived && vm.cpus === 1) words.push(...quickAlone);
  if (emulated && vm.cpus > 1) words.push(...together);
  return words.join(" ");
}
