/**
 * The shares and volumes of a container in a machine, as the guest is told of them: each is one of the machine's, which
 * its VM has, at a place of the container's own. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { ShareRequest, VolumeRequest } from "../guest_protocol/mounts.ts";
import type { ContainerSpec } from "../machines/container_spec.ts";
import type { Share } from "../shares/share.ts";
import { volumeRequests } from "../vm/volume_requests.ts";
import type { AttachedVolumes } from "../volumes/attach.ts";

/** What the VM of a machine has. */
export interface MachineMounts {
  readonly shares: readonly Share[];
  /** Where the guest finds each share, in their order. */
  readonly requests: readonly ShareRequest[];
  /** Names of its volumes, in the order of their places. */
  readonly volumes: AttachedVolumes["names"];
  /** Where the guest finds their disks. */
  readonly places: readonly string[];
}

/**
 * What a container's request has of them; what is empty is absent.
 *
 * @throws {SmolvmError} kind `usage` when the machine has one no longer
 */
export function containerMounts(
  container: Pick<ContainerSpec, "id" | "name" | "shares" | "volumes">,
  machine: MachineMounts,
): { readonly shares?: readonly ShareRequest[]; readonly disks?: readonly VolumeRequest[] } {
  const gone = (what: string) =>
    new SmolvmError("usage", {
      action: "start the container",
      subject: container.name ?? container.id,
      reason: `its machine does not have ${what}`,
      remedy: "create both anew",
    });
  const shares = container.shares.map(({ source, target, readOnly }): ShareRequest => {
    const request = machine.requests[machine.shares.findIndex((share) => share.source === source)];
    if (!request) throw gone(source);
    return { ...request, target, readOnly };
  });
  for (const { name } of container.volumes) {
    if (!machine.volumes.includes(name)) throw gone(`the volume ${name}`);
  }
  const disks = volumeRequests(container.volumes, machine.volumes, machine.places);
  return { ...(shares.length > 0 && { shares }), ...(disks.length > 0 && { disks }) };
}
