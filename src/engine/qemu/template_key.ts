/**
 * Which template a VM can go on from: one of a VM with the same devices on the same QEMU, kernel and root.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { VmDescription } from "../vm_description.ts";
import { qemuArguments } from "./command.ts";
import { onStandIns } from "./shape.ts";

/** Raised when a guest or a command line would not suit the state of before though neither says so. */
const FORM = 2;

/** What a template depends on beside the VM. */
export interface KeyParts {
  /** Path of the kernel. */
  readonly kernel: string;
  /** Path of QEMU's program. */
  readonly program: string;
}

/**
 * The key: a digest of QEMU's command line, but for the disks that each VM has of its own, of QEMU's program, and of
 * this boot of the host, because a template's bytes need not be on the disk when a host goes down.
 *
 * @returns 32 hex digits
 */
export async function templateKey(vm: VmDescription, { kernel, program }: KeyParts): Promise<string> {
  const names = { image: "image", storage: "storage", volume: (index: number) => `volume${index}` };
  const shape = onStandIns({ ...vm, root: partOf(vm.root) }, names);
  const args = qemuArguments(shape, partOf(kernel), { network: 3 }, {
    how: "resume",
    memory: { copy: 4 },
    monitor: 5,
  });
  const { size, mtime, ino } = await Deno.stat(program);
  const boot = await Deno.readTextFile("/proc/sys/kernel/random/boot_id");
  const about = JSON.stringify([FORM, args, program, size, mtime?.getTime(), ino, boot.trim()]);
  return createHash("sha256").update(about).digest("hex").slice(0, 32);
}

/** A part by what it is, wherever it was unpacked: its folder is its digest (src/payload/payload_unpack.ts). */
function partOf(path: string): string {
  return path.split("/").slice(-2).join("/");
}
