/**
 * QEMU's command line for a VM: software emulation of a machine with virtio-mmio devices only. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Disk, VmDescription } from "../engine.ts";
import { kernelCommandLine } from "../kernel_command_line.ts";

/** Virtio devices the machine has room for beside link and console; a fifth costs it its clock. */
const MAX_DISKS = 3;

/**
 * Composes QEMU's arguments.
 *
 * Interrupt controllers and timers of the machine stay on, because two processors hang without them. Disk
 * errors are reported to the guest (a full host disk is an I/O error inside, not a stopped VM). The sandbox
 * lets QEMU neither start programs nor gain rights. The processor does not claim fast string moves (ERMS, FSRM):
 * emulated, they move one byte at a time, and kernel and C library copy in words without the claim.
 *
 * @param vm what to run
 * @param kernel path of the kernel as an ELF file
 * @throws {SmolvmError} kind `engine` when the machine has no room for the devices
 */
export function qemuArguments(vm: VmDescription, kernel: string): string[] {
  if (vm.disks.length > MAX_DISKS) {
    throw new SmolvmError("engine", {
      action: "start the VM",
      reason: `${vm.disks.length} disks, and the qemu engine has room for ${MAX_DISKS}`,
      remedy: "use fewer disks",
    });
  }
  return [
    ["-M", "microvm,acpi=off,auto-kernel-cmdline=on"],
    ["-accel", "tcg,thread=multi"],
    ["-cpu", "max,-erms,-fsrm"],
    ["-smp", String(vm.cpus)],
    ["-m", String(vm.memoryMiB)],
    ["-nodefaults"],
    ["-no-user-config"],
    ["-no-reboot"],
    ["-display", "none"],
    ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
    ["-kernel", kernel],
    ["-append", kernelCommandLine({ cpus: vm.cpus, emulated: true, brief: vm.brief })],
    ["-device", "virtio-serial-device,max_ports=2"],
    ["-chardev", "file,id=console,path=/proc/self/fd/2"],
    ["-device", "virtconsole,chardev=console"],
    ["-chardev", "stdio,id=link,signal=off,mux=off"],
    ["-device", "virtserialport,chardev=link,name=smolvm.link"],
    ...vm.disks.flatMap((disk, index) => [
      ["-drive", driveOptions(`disk${index}`, disk, vm.brief)],
      ["-device", `virtio-blk-device,drive=disk${index}`],
    ]),
  ].flat();
}

/**
 * A comma in a path is doubled (QEMU's option syntax). What a guest syncs to a disk that stays is synced on
 * the host; a disk that nobody sees again needs no such thing.
 */
function driveOptions(id: string, { path, readOnly }: Disk, brief: boolean): string {
  const options = [`id=${id}`, `file=${path.replaceAll(",", ",,")}`, "format=raw", "if=none"];
  if (readOnly) options.push("readonly=on");
  else {options.push(
      "werror=report",
      "rerror=report",
      "discard=unmap",
      `cache=${brief ? "unsafe" : "writeback"}`,
    );}
  return options.join(",");
}
