/**
 * QEMU's command line for a VM: software emulation of a machine with virtio-mmio devices only. Pure.
 *
 * @module
 */
import { LINK_PORT } from "../../guest_protocol/boot.ts";
import { kernelCommandLine } from "../kernel_command_line.ts";
import { refuseUnfit, type Room } from "../room.ts";
import { shareDevices } from "../share_devices.ts";
import { type Disk, disksOf, type VmDescription } from "../vm_description.ts";

/**
 * The board `microvm` has 8 virtio-mmio slots, of which the serial device with link and console takes one.
 * From the fifth device on the RTC has no interrupt, which no guest misses: its clock is set by the host's hello.
 */
const ROOM: Room = { engine: "qemu", devices: 7 };

/** Descriptors of QEMU's that it inherits, each a connected Unix stream socket. */
export interface QemuSockets {
  /** By the tags of virtio-fs devices: to a file server. */
  readonly shares?: ReadonlyMap<string, number>;
  /** To whom takes the guest's frames. */
  readonly network?: number;
}

/**
 * Composes QEMU's arguments.
 *
 * Interrupt controllers and timers of the board stay on, because two processors hang without them. Disk
 * errors are reported to the guest (a full host disk is an I/O error inside, not a stopped VM). The sandbox
 * lets QEMU neither start programs nor gain rights. The processor does not claim fast string moves (ERMS, FSRM):
 * emulated, they move one byte at a time, and kernel and C library copy in words without the claim.
 *
 * @param vm what to run
 * @param kernel path of the kernel as an ELF file
 * @throws {SmolvmError} kind `engine` when the board has no room for the devices
 */
export function qemuArguments(
  vm: VmDescription,
  kernel: string,
  sockets: QemuSockets = {},
): string[] {
  refuseUnfit(vm, ROOM);
  const shares = shareDevices(vm.shares);
  const board = "microvm,acpi=off,auto-kernel-cmdline=on";
  return [
    // A file server reads and writes the guest's memory, which both map.
    ...(shares.length === 0 ? [["-M", board]] : [
      ["-M", `${board},memory-backend=memory`],
      ["-object", `memory-backend-memfd,id=memory,size=${vm.memoryMiB}M,share=on`],
    ]),
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
    ["-append", kernelCommandLine(vm, { emulated: true })],
    ["-device", "virtio-serial-device,max_ports=2"],
    ["-chardev", "file,id=console,path=/proc/self/fd/2"],
    ["-device", "virtconsole,chardev=console"],
    ["-chardev", "stdio,id=link,signal=off,mux=off"],
    ["-device", `virtserialport,chardev=link,name=${LINK_PORT}`],
    ...disksOf(vm).flatMap((disk) => [
      ["-drive", driveOptions(disk)],
      ["-device", `virtio-blk-device,drive=${disk.place}`],
    ]),
    ...networkOptions(vm, sockets),
    ...shares.flatMap(({ tag }) => [
      ["-chardev", `socket,id=${tag},fd=${sockets.shares?.get(tag)}`],
      ["-device", `vhost-user-fs-device,chardev=${tag},tag=${tag},queue-size=1024`],
    ]),
  ].flat();
}

/** The netdev `stream` came with QEMU 7.2. A disk has its name by the order of disks alone, whatever stands between. */
function networkOptions({ network }: VmDescription, sockets: QemuSockets): string[][] {
  if (network === "none") return [];
  return [
    ["-netdev", `stream,id=network,server=off,addr.type=fd,addr.str=${sockets.network}`],
    ["-device", `virtio-net-device,netdev=network,mac=${network.mac}`],
  ];
}

/**
 * A comma in a path is doubled (QEMU's option syntax). What a guest syncs to a disk that is kept is synced on
 * the host; on a disk that nobody sees again QEMU ignores it.
 */
function driveOptions({ place, path, durability }: Disk): string {
  const options = [`id=${place}`, `file=${path.replaceAll(",", ",,")}`, "format=raw", "if=none"];
  if (durability === undefined) return [...options, "readonly=on"].join(",");
  const cache = { kept: "cache=writeback", scratch: "cache=unsafe" }[durability];
  return [...options, "werror=report", "rerror=report", "discard=unmap", cache].join(",");
}
