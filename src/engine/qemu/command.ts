/**
 * QEMU's command line for a VM: software emulation of a machine with virtio-mmio devices only. Pure.
 *
 * @module
 */
import { LINK_PORT } from "../../guest_protocol/boot.ts";
import { kernelCommandLine } from "../kernel_command_line.ts";
import { type Target, thisTarget } from "../../target.ts";
import { refuseUnfit } from "../room.ts";
import { shareDevices } from "../share_devices.ts";
import { type Disk, disksOf, type VmDescription } from "../vm_description.ts";
import { boards } from "./boards.ts";

/** What depends on the host's system: QEMU sandboxes itself on Linux only, and stderr has another name. */
const systems = {
  linux: {
    sandbox: ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
    stderr: "/proc/self/fd/2",
  },
  darwin: { sandbox: [], stderr: "/dev/fd/2" },
} as const;

/** The link's port, by which the monitor tells of it. */
export const LINK_DEVICE = "link-port";

/** Descriptors of QEMU's that it inherits, each a connected Unix stream socket. */
export interface QemuSockets {
  /** By the tags of virtio-fs devices: to a file server. */
  readonly shares?: ReadonlyMap<string, number>;
  /** To whom takes the guest's frames. */
  readonly network?: number;
}

/** How the guest begins. */
export type Beginning =
  | { readonly how: "boot" }
  /** It boots, with its memory in a file, to be saved by the monitor. */
  | { readonly how: "template"; readonly memory: string; readonly monitor: number }
  /** It goes on where a template was saved, by the monitor. */
  | { readonly how: "resume"; readonly memory: ResumedMemory; readonly monitor: number };

/**
 * The memory that a VM goes on with: a descriptor of a copy of the template's, or the path of the template's own, which
 * QEMU opens to be read only and of which it has copies of those pages that the guest writes (QEMU 8.2 and later).
 */
export type ResumedMemory = { readonly copy: number } | { readonly template: string };

/**
 * Composes QEMU's arguments.
 *
 * Disk errors are reported to the guest (a full host disk is an I/O error inside, not a stopped VM). The sandbox
 * lets QEMU neither start programs nor gain rights.
 *
 * @param vm what to run
 * @param kernel path of the kernel, in the form that the guest's processor wants
 * @throws {SmolvmError} kind `engine` when the board has no room for the devices
 */
export function qemuArguments(
  vm: VmDescription,
  kernel: string,
  sockets: QemuSockets = {},
  beginning: Beginning = { how: "boot" },
  { system, processor }: Target = thisTarget,
): string[] {
  const { machine, cpu, globals, slots, lastFirst } = boards[processor];
  const { sandbox, stderr } = systems[system];
  // The serial device with link and console takes one slot.
  refuseUnfit(vm, { engine: "qemu", devices: slots - 1 });
  const shares = shareDevices(vm);
  const disks = lastFirst ? disksOf(vm).toReversed() : disksOf(vm);
  return [
    ...memoryOptions(vm, beginning, machine),
    ["-accel", "tcg,thread=multi"],
    ["-cpu", cpu],
    ...globals.map((property) => ["-global", property]),
    ["-smp", String(vm.cpus)],
    ["-m", String(vm.memoryMiB)],
    ["-nodefaults"],
    ["-no-user-config"],
    ["-no-reboot"],
    ["-display", "none"],
    sandbox,
    ["-kernel", kernel],
    ["-append", kernelCommandLine(vm, { emulated: true, template: beginning.how !== "boot", processor })],
    ["-device", "virtio-serial-device,max_ports=2"],
    ["-chardev", `file,id=console,path=${stderr}`],
    ["-device", "virtconsole,chardev=console"],
    ["-chardev", "stdio,id=link,signal=off,mux=off"],
    ["-device", `virtserialport,id=${LINK_DEVICE},chardev=link,name=${LINK_PORT}`],
    ...disks.flatMap((disk) => [
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

/**
 * A saved VM has its memory in a file, apart from the state of its devices: it is mapped, and not read.
 */
function memoryOptions(vm: VmDescription, beginning: Beginning, board: string): string[][] {
  const size = `size=${vm.memoryMiB}M`;
  // A file server reads and writes the guest's memory, which both map.
  const shared = `memory-backend-memfd,id=memory,${size},share=on`;
  const file = (path: string, mapping = "share=on") =>
    `memory-backend-file,id=memory,${size},${mapping},mem-path=${path.replaceAll(",", ",,")}`;
  const resumed = (memory: ResumedMemory) =>
    "copy" in memory
      ? file(`/proc/self/fd/${memory.copy}`)
      : file(memory.template, "share=off,readonly=on,rom=off");
  const withMemory = (object: string) => [["-M", `${board},memory-backend=memory`], ["-object", object]];
  const monitor = (descriptor: number) => [
    ["-chardev", `socket,id=monitor,fd=${descriptor}`],
    ["-mon", "chardev=monitor,mode=control"],
  ];
  switch (beginning.how) {
    case "boot":
      return vm.shares.length === 0 ? [["-M", board]] : withMemory(shared);
    case "template":
      return [...withMemory(file(beginning.memory)), ...monitor(beginning.monitor)];
    case "resume":
      return [
        ...withMemory(resumed(beginning.memory)),
        ...monitor(beginning.monitor),
        ["-incoming", "defer"],
      ];
  }
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
