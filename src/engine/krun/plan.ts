/**
 * Plans a VM as an ordered list of libkrun calls. Pure: nothing is loaded and nothing runs.
 *
 * @module
 */
import type { VmDescription } from "../engine.ts";
import { kernelCommandLine } from "../kernel_command_line.ts";
import type { KrunCall } from "./order.ts";
import { KRUN_KERNEL_FORMAT_ELF } from "./symbols.ts";

/** The vsock port that the agent connects to; the VMM joins it to the supervisor's Unix socket. */
export const LINK_PORT = 1024;

/** Files of the host that a plan needs beside the VM's own. */
export interface KrunFiles {
  /** The kernel as an ELF file. */
  readonly kernel: string;
  /** The supervisor's listening Unix socket. */
  readonly link: string;
  /** Where the guest's console goes. */
  readonly console: string;
}

/**
 * Plans a VM. The kernel boots our root disk by its own command line, so libkrun's init and its virtio-fs
 * root take no part, and the agent is process 1 as it is under the other engine.
 *
 * The explicit vsock device without TSI features is what turns the network off: with the implicit one a
 * guest reaches the host's loopback services.
 *
 * @param vm what to run
 * @param files where its files are
 */
export function planCalls(vm: VmDescription, files: KrunFiles): KrunCall[] {
  return [
    { name: "krun_set_vm_config", cpus: vm.cpus, memoryMiB: vm.memoryMiB },
    {
      name: "krun_set_kernel",
      path: files.kernel,
      format: KRUN_KERNEL_FORMAT_ELF,
      commandLine: kernelCommandLine({ cpus: vm.cpus, emulated: false }),
    },
    ...vm.disks.map((disk, index): KrunCall => ({
      name: "krun_add_disk",
      id: `vd${String.fromCharCode("a".charCodeAt(0) + index)}`,
      path: disk.path,
      readOnly: disk.readOnly,
    })),
    { name: "krun_disable_implicit_vsock" },
    { name: "krun_add_vsock", tsiFeatures: 0 },
    { name: "krun_add_vsock_port2", port: LINK_PORT, path: files.link, listen: false },
    { name: "krun_set_console_output", path: files.console },
  ];
}
