/**
 * Volumes as they are, and who needs them.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Host } from "../payload/host.ts";
import { volumeFolder } from "../volumes/folder.ts";
import { type Holder, holderOf, isHeld } from "../volumes/holder.ts";
import type { VolumeRecord } from "../volumes/record.ts";
import { readVolume, unknownVolume, usedBytes, volumeNames } from "../volumes/volumes.ts";
import { volumeUsers } from "./volume_users.ts";

/** A volume: what it is, what it takes, and who needs it. */
export interface VolumeFacts extends Omit<VolumeRecord, "version"> {
  /** Bytes its disk takes on the host. */
  readonly usedBytes: number;
  /** Its disk on the host: a file with an ext4 filesystem that guests have written. */
  readonly disk: string;
  /** Names of the machines that refer to it. */
  readonly machines: readonly string[];
  /** Whether a VM has it now. */
  readonly inUse: boolean;
  /** Whose VM that is, where it can be told: without a machine it is a `run`. */
  readonly holder?: Pick<Holder, "pid" | "machine">;
}

/**
 * All volumes, sorted by name. One that was removed meanwhile is left out.
 *
 * @param onUnreadable told of a volume or machine whose record cannot be read, which must not hide the others
 */
export async function listVolumes(
  { paths }: Pick<Host, "paths">,
  onUnreadable: (name: string, error: SmolvmError) => void = () => {},
): Promise<VolumeFacts[]> {
  const told = (name: string, error: unknown): void => {
    if (!(error instanceof SmolvmError)) throw error;
    onUnreadable(name, error);
  };
  const users = await volumeUsers(paths, told);
  const found: VolumeFacts[] = [];
  for (const name of volumeNames(paths)) {
    try {
      found.push(await factsOf(name, paths, users.get(name)));
    } catch (error) {
      if (!(error instanceof SmolvmError && error.kind === "usage")) told(name, error);
    }
  }
  return found;
}

/** Finds out about a volume. @throws {SmolvmError} kind `usage` when there is none of that name */
export async function inspectVolume(
  name: string,
  { paths }: Pick<Host, "paths">,
): Promise<VolumeFacts> {
  if (!volumeNames(paths).includes(name)) throw unknownVolume(name);
  return await factsOf(name, paths, (await volumeUsers(paths, () => {})).get(name));
}

async function factsOf(
  name: string,
  paths: Host["paths"],
  machines: readonly string[] = [],
): Promise<VolumeFacts> {
  const { version: _version, ...volume } = readVolume(paths, name);
  const folder = volumeFolder(paths, name);
  const inUse = isHeld(folder);
  const holder = inUse ? await holderOf(folder) : undefined;
  const { pid, machine } = holder ?? {};
  return {
    ...volume,
    usedBytes: usedBytes(paths, name),
    disk: folder.disk,
    machines,
    inUse,
    ...(pid !== undefined && { holder: { pid, ...(machine !== undefined && { machine }) } }),
  };
}
