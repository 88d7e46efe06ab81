/**
 * The boards that QEMU emulates for smolvm, by processor: as few devices as a board has, all of them virtio-mmio. A
 * table of targets. Pure.
 *
 * @module
 */
import type { Processor } from "../../target.ts";

/** A board that smolvm has a command line for. */
export interface Board {
  readonly program: string;
  /** What to install, as Debian and Ubuntu call it. */
  readonly package: string;
  /** Value of `-M`. */
  readonly machine: string;
  /** Value of `-cpu`. */
  readonly cpu: string;
  /** Properties that the board does not set by itself, for `-global`. */
  readonly globals: readonly string[];
  /** Slots for virtio-mmio devices. */
  readonly slots: number;
  /** Whether the guest finds the device that was added last first. */
  readonly lastFirst: boolean;
}

export const boards: Readonly<Record<Processor, Board>> = {
  // Interrupt controllers and timers of the board stay on, because two processors hang without them. The processor
  // does not claim fast string moves (ERMS, FSRM): emulated, they move one byte at a time, and kernel and C library
  // copy in words without the claim. From the fifth device on the RTC has no interrupt, which no guest misses: its
  // clock is set by the host's hello.
  x86_64: {
    program: "qemu-system-x86_64",
    package: "qemu-system-x86",
    machine: "microvm,acpi=off,auto-kernel-cmdline=on",
    cpu: "max,-erms,-fsrm",
    globals: [],
    slots: 8,
    lastFirst: false,
  },
  // Pointer authentication by QEMU's own function: the architecture's costs an emulated guest half its speed. virtio-fs
  // needs the devices of virtio 1, which microvm has by itself.
  aarch64: {
    program: "qemu-system-aarch64",
    package: "qemu-system-arm",
    machine: "virt,gic-version=3",
    cpu: "max,pauth-impdef=on",
    globals: ["virtio-mmio.force-legacy=false"],
    slots: 32,
    lastFirst: true,
  },
};
