/**
 * What the guest is told of volumes: the disk of each, and where it is wanted. Pure.
 *
 * @module
 */
import type { VolumeRequest } from "../guest_protocol/mounts.ts";

/** A volume, and where it is wanted: src/volumes/use.ts. */
interface WantedVolume extends Omit<VolumeRequest, "place"> {
  readonly name: string;
}

/**
 * The requests, in the order of the uses.
 *
 * @param uses where each is wanted; one volume may be at several places
 * @param names of the volumes that the VM has, in the order of their disks
 * @param places where the guest finds their disks (`placesOf()`)
 */
export function volumeRequests(
  uses: readonly WantedVolume[],
  names: readonly string[],
  places: readonly string[],
): VolumeRequest[] {
  return uses.flatMap(({ name, target, readOnly, copy }) => {
    const place = places[names.indexOf(name)];
    return place === undefined ? [] : [{ place, target, readOnly, copy: copy && !readOnly }];
  });
}
