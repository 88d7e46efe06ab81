/**
 * Removes volumes that nobody needs.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Host } from "../payload/host.ts";
import { VolumeChanges, volumeInUse } from "../volumes/changes.ts";
import { volumeNames } from "../volumes/volumes.ts";
import { listVolumes, type VolumeFacts } from "./list_volumes.ts";
import { volumeUsers } from "./volume_users.ts";

/** How volumes are removed. */
export interface RemoveVolumesOptions {
  /** One that is not there is fine. */
  readonly force?: boolean;
  /** Told of each that is gone, as it goes. */
  readonly onRemoval?: (name: string) => void;
}

/** What was removed. */
export interface PrunedVolumes {
  readonly volumes: readonly string[];
  /** Bytes that their disks took on the host. */
  readonly bytes: number;
}

/**
 * Removes volumes with all they hold. As in Docker, one that cannot be removed does not keep the others.
 *
 * @returns why each that is still there is
 * @throws {SmolvmError} kind `state` when volumes cannot be changed, or a machine's record cannot be read
 */
export async function removeVolumes(
  names: readonly string[],
  { paths }: Pick<Host, "paths">,
  { force = false, onRemoval }: RemoveVolumesOptions = {},
): Promise<SmolvmError[]> {
  using changes = await VolumeChanges.begin(paths);
  // Read under the lock that whoever makes a machine holds until the machine's record is there.
  const users = await volumeUsers(paths);
  const failures: SmolvmError[] = [];
  for (const name of names) {
    if (force && !volumeNames(paths).includes(name)) continue;
    try {
      refuseReferred(name, users.get(name));
      await changes.remove(name);
      onRemoval?.(name);
    } catch (error) {
      if (!(error instanceof SmolvmError)) throw error;
      failures.push(error);
    }
  }
  return failures;
}

/**
 * Removes every volume that no machine refers to and no VM has.
 *
 * @param wanted which of them; absent: all
 * @throws {SmolvmError} kind `state` when volumes cannot be changed, or a machine's record cannot be read
 */
export async function pruneVolumes(
  { paths }: Pick<Host, "paths">,
  wanted: (volume: VolumeFacts) => boolean = () => true,
): Promise<PrunedVolumes> {
  using changes = await VolumeChanges.begin(paths);
  const users = await volumeUsers(paths);
  const [volumes, sizes]: [string[], number[]] = [[], []];
  for (const volume of await listVolumes({ paths })) {
    if (users.has(volume.name) || volume.inUse || !wanted(volume)) continue;
    sizes.push(await changes.remove(volume.name));
    volumes.push(volume.name);
  }
  return { volumes, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

function refuseReferred(name: string, machines: readonly string[] = []): void {
  const [machine] = machines;
  if (machine === undefined) return;
  const remedy = `delete it first, with smolvm microvm delete ${machine}`;
  throw volumeInUse(name, { who: `the machine ${machine}`, remedy });
}
