/**
 * A volume as a container or a machine wants it: which, where, and how. Pure.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { checkVolumeName } from "./name.ts";

/** A volume, and where it is wanted. */
export interface VolumeUse {
  readonly name: string;
  /** Path inside, absolute. */
  readonly target: string;
  readonly readOnly: boolean;
  /** Whether an empty one begins as a copy of what the image has at the target. */
  readonly copy: boolean;
}

/**
 * Most volumes of a VM, each of which is a virtio device: QEMU's board has room for 4 beside the three disks of every VM,
 * and libkrun's for 3 (src/engine/room.ts).
 */
export const MOST_VOLUMES = 3;

/** A use as people see it: `cache -> /root/.npm (ro)`. */
export function useWords({ name, target, readOnly }: VolumeUse): string {
  return `${name} -> ${target}${readOnly ? " (ro)" : ""}`;
}

/** The volumes of some uses, each once, in their order. */
export function volumesOf(uses: readonly Pick<VolumeUse, "name">[]): string[] {
  return [...new Set(uses.map(({ name }) => name))];
}

/**
 * Judges names and number of the volumes of one VM.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function checkUses(uses: readonly VolumeUse[]): void {
  for (const { name } of uses) checkVolumeName(name);
  const count = volumesOf(uses).length;
  if (count <= MOST_VOLUMES) return;
  throw new SmolvmError("usage", {
    action: "use",
    subject: `${count} volumes`,
    reason: `a VM takes at most ${MOST_VOLUMES}, because each is a disk of its own`,
    remedy: "put more into one volume, or share a folder of this host",
  });
}
