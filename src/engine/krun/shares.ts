/**
 * How libkrun, which serves shared folders inside the VMM, comes to them. Its krun_add_virtiofs knows no read-only
 * share, so that `confine` binds such a folder read-only, where the host's kernel refuses every change. Pure.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { BOUND, type Bound, type Reach } from "../confine/confinement.ts";
import { type ShareDevice, shareDevices } from "../share_devices.ts";
import type { VmDescription } from "../vm_description.ts";

/** The folder that libkrun serves as a device: the shared one itself, or what is bound for it. */
export function servedFolder({ tag, folder }: ShareDevice): string {
  return folder && !folder.readOnly ? folder.path : `${BOUND}/${tag}`;
}

/** What `confine` binds for the devices, and what the VMM may reach of them. */
export function krunShares(vm: VmDescription): { bound: Bound[]; reach: Reach[] } {
  const devices = shareDevices(vm);
  const bound = devices.filter(({ folder }) => !folder || folder.readOnly).flatMap(({ tag, entries }) =>
    entries.map(({ name, path, readOnly }) => ({
      name: name === "" ? tag : `${tag}/${name}`,
      path,
      readOnly,
    }))
  );
  return { bound, reach: devices.map((device): Reach => ({ rights: "share", path: servedFolder(device) })) };
}

/**
 * Refuses what only `confine` makes safe, where the system has none.
 *
 * @throws {SmolvmError} kind `engine`
 */
export function refuseUnbound(vm: VmDescription): void {
  if (krunShares(vm).bound.length === 0) return;
  throw new SmolvmError("engine", {
    action: "share folders with the VM",
    reason: "on this system smolvm shares up to 3 folders, none of them read-only, and no file",
    remedy: "share fewer, without :ro",
  });
}
