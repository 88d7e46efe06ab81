/**
 * Plans a VM as an ordered list of libkrun calls. Pure: nothing is loaded and nothing runs.
 *
 * @module
 */
import { LINK_PORT } from "../../guest_protocol/boot.ts";
import { type Processor, thisTarget } from "../../target.ts";
import { kernelCommandLine } from "../kernel_command_line.ts";
import { processors } from "../processors.ts";
import { shareDevices } from "../share_devices.ts";
import { disksOf, type VmDescription } from "../vm_description.ts";
import { servedFolder } from "./shares.ts";
import type { KrunCall } from "./vmm_request.ts";
import { kernelFormats, NET_FEATURES } from "./symbols.ts";

/** Files of the host that a plan needs beside the VM's own. */
export interface KrunFiles {
  /** The kernel, in the form that the guest's processor wants. */
  readonly kernel: string;
  /** Where the guest's console goes. */
  readonly console: string;
  /** Descriptor of the VMM's, a connected Unix stream socket that takes the guest's frames. */
  readonly network?: number | undefined;
  /** The guest's, which is the host's; this host's by default. */
  readonly processor?: Processor;
}

/**
 * Plans a VM. The kernel boots our root disk by its own command line, so libkrun's init and its virtio-fs
 * root take no part, and the agent is process 1 as it is under the other engine. The link is a console port
 * on the process's stdin and stdout: a pipe holds back whoever writes too fast and has no limit on a
 * write's size, which libkrun's vsock has.
 *
 * Removing the implicit vsock device is what turns libkrun's own network off: through it a guest reaches the host's
 * loopback services (TSI, transparent socket impersonation). A VM with a network card has none of it either.
 *
 * libkrun syncs a writable disk whenever its guest does: krun_add_disk takes no other wish.
 *
 * @param vm what to run
 * @param files where its files are
 */
export function planCalls(vm: VmDescription, files: KrunFiles): KrunCall[] {
  const { processor = thisTarget.processor } = files;
  return [
    { name: "krun_set_vm_config", cpus: vm.cpus, memoryMiB: vm.memoryMiB },
    {
      name: "krun_set_kernel",
      path: files.kernel,
      format: kernelFormats[processors[processor].kernelFormat],
      commandLine: kernelCommandLine(vm, { emulated: false, processor }),
    },
    ...disksOf(vm).map(({ place, path, durability }): KrunCall => ({
      name: "krun_add_disk",
      id: place,
      path,
      readOnly: durability === undefined,
    })),
    ...shareDevices(vm).map((device): KrunCall => ({
      name: "krun_add_virtiofs",
      tag: device.tag,
      path: servedFolder(device),
    })),
    ...networkCalls(vm, files),
    { name: "krun_disable_implicit_vsock" },
    { name: "krun_set_console_output", path: files.console },
    { name: "krun_add_virtio_console_multiport" },
    { name: "krun_add_console_port_inout", port: LINK_PORT, input: 0, output: 1 },
  ];
}

function networkCalls({ network }: VmDescription, files: KrunFiles): KrunCall[] {
  if (network === "none" || files.network === undefined) return [];
  const { mac } = network;
  return [{ name: "krun_add_net_unixstream", descriptor: files.network, mac, features: NET_FEATURES }];
}
