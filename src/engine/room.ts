/**
 * Whether an engine has room for the devices of a VM, in the words of the VM's description. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { EngineName } from "./engine.ts";
import { shareDevices } from "./share_devices.ts";
import { disksOf, type VmDescription } from "./vm_description.ts";

/** What an engine has to offer. */
export interface Room {
  readonly engine: EngineName;
  /** Virtio devices that its board takes beside those that every VM has (link, console). */
  readonly devices: number;
}

/**
 * Refuses a VM that an engine cannot run.
 *
 * @throws {SmolvmError} kind `engine`
 */
export function refuseUnfit(vm: VmDescription, { engine, devices }: Room): void {
  const others = disksOf(vm).length + (vm.network === "none" ? 0 : 1);
  const count = shareDevices(vm.shares).length;
  if (count > devices - others) {
    const reason = `${folders(count)}, and the ${engine} engine has room for ${devices - others}`;
    throw new SmolvmError("engine", { action: "start the VM", reason, remedy: "share fewer folders" });
  }
}

function folders(count: number): string {
  return count === 1 ? "1 shared folder" : `${count} shared folders`;
}
