/**
 * Judges what a container in a machine is to have: a VM gets its folders and volumes when its machine is created, so that
 * a container can have only those, each at a place of its own. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { Mounts } from "../shares/mounts.ts";

/**
 * Refuses shares and volumes that a machine does not have, or has read-only.
 *
 * @throws {SmolvmError} kind `usage`, naming what it is and what to do
 */
export function refuseOthers(
  { shares, volumes }: Pick<Mounts, "shares" | "volumes">,
  { name, devices }: Pick<MachineSpec, "name" | "devices">,
): void {
  for (const { source, target, readOnly } of shares) {
    const words = { action: "share", subject: source, give: `-v ${source}:${target}` };
    judge(words, name, readOnly, devices.shares.filter((share) => share.source === source));
  }
  for (const { name: volume, target, readOnly } of volumes) {
    const words = { action: "use the volume", subject: volume, give: `-v ${volume}:${target}` };
    judge(words, name, readOnly, devices.volumes.filter((use) => use.name === volume));
  }
}

function judge(
  { action, subject, give }: { readonly action: string; readonly subject: string; readonly give: string },
  machine: string,
  readOnly: boolean,
  had: readonly { readonly readOnly: boolean }[],
): void {
  if (had.length === 0) {
    throw new SmolvmError("usage", {
      action,
      subject,
      reason:
        `the machine ${machine} does not have it, and a VM gets what it has when its machine is created`,
      remedy: `give it to a machine first: smolvm microvm create --name NAME ${give}`,
    });
  }
  if (readOnly || had.some((one) => !one.readOnly)) return;
  throw new SmolvmError("usage", {
    action,
    subject,
    reason: `the machine ${machine} has it read-only`,
    remedy: "add :ro",
  });
}
