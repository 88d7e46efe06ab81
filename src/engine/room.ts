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
  const volumes = vm.volumes?.length ?? 0;
  const room = devices - (disksOf(vm).length - volumes) - (vm.network === "none" ? 0 : 1);
  const shares = shareDevices(vm).length;
  if (shares + volumes <= room) return;
  const wanted = [...counted(volumes, "volume"), ...counted(shares, "shared folder")].join(" and ");
  throw new SmolvmError("engine", {
    action: "start the VM",
    reason: `${wanted}, and the ${engine} engine has room for ${room}`,
    remedy: volumes === 0 ? "share fewer folders" : "use fewer volumes or shared folders",
  });
}

function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}${count === 1 ? "" : "s"}`];
}
