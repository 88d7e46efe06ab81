/**
 * The guest kernel's command line, the same on both engines but for what emulation needs. Pure.
 *
 * @module
 */

/** What it depends on. */
export interface KernelOptions {
  readonly cpus: number;
  /** Software emulation: clocks cannot be trusted or calibrated quickly. */
  readonly emulated: boolean;
  /** The VM ends soon; see VmDescription. */
  readonly brief: boolean;
}

/** Composes the command line (Documentation/admin-guide/kernel-parameters.txt). */
export function kernelCommandLine({ cpus, emulated, brief }: KernelOptions): string {
  const words = [
    "console=hvc0",
    "quiet",
    // A reset is how the VMM learns that the guest has ended; a panic resets at once.
    emulated ? "reboot=t" : "reboot=k",
    "panic=-1",
    "root=/dev/vda",
    "rootfstype=erofs",
    "ro",
    "init=/sbin/init",
  ];
  // Without calibration of the delay loop and the timer, boot is a quarter of a second shorter.
  if (emulated) words.push("lpj=4000000", "no_timer_check");
  // Calibrating the processor's own timer takes a quarter of a second. One processor can do with the machine's,
  // which wakes it 37 times a second.
  if (emulated && brief && cpus === 1) words.push("noapictimer");
  // The agent reads this one (agent/boot/root.ts).
  if (!brief) words.push("smolvm.root=writable");
  // Two emulated processors disagree about the time stamp counter, which has ended 1 boot in 60.
  if (emulated && cpus > 1) words.push("tsc=unstable");
  return words.join(" ");
}
