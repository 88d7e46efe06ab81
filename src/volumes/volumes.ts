/**
 * Reads volumes: which there are, and what each is. There is no table of them: a volume is there when its folder is, and
 * whole, because it is put in place by one rename.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { isFolder } from "../files/is_there.ts";
import type { Paths } from "../host/paths.ts";
import { causeWords } from "../host/system_words.ts";
import { volumeFolder, volumesFolder } from "./folder.ts";
import { isVolumeName } from "./name.ts";
import { decodeVolume, type VolumeRecord } from "./record.ts";

/** Names of all volumes, sorted; a folder that no volume is called like, such as a file system's `lost+found`, is none. */
export function volumeNames(paths: Pick<Paths, "data">): string[] {
  const folder = volumesFolder(paths);
  if (!isFolder(folder)) return [];
  return [...Deno.readDirSync(folder)].filter(({ name, isDirectory }) => isDirectory && isVolumeName(name))
    .map(({ name }) => name).toSorted();
}

/** Whether there is a volume of that name. */
export function hasVolume(paths: Pick<Paths, "data">, name: string): boolean {
  return isFolder(volumeFolder(paths, name).path);
}

/**
 * What a volume is.
 *
 * @throws {SmolvmError} kind `usage` when there is none of that name, kind `state` when its record cannot be read
 */
export function readVolume(paths: Pick<Paths, "data">, name: string): VolumeRecord {
  const folder = volumeFolder(paths, name);
  if (!isFolder(folder.path)) throw unknownVolume(name);
  let json: string;
  try {
    json = Deno.readTextFileSync(folder.record);
  } catch (cause) {
    // Removed between the two looks.
    if (!isFolder(folder.path)) throw unknownVolume(name);
    const words = causeWords(cause);
    throw new SmolvmError("state", { action: "read the volume", subject: name, ...words, cause });
  }
  const volume = decodeVolume(name, json);
  if (isOtherSpelling(volume.name, name)) throw sameToFileSystem(name, volume.name);
  return volume;
}

/**
 * Refuses a name whose folder is that of a volume with other capital letters: macOS's file systems take both for one.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function refuseOtherSpelling(paths: Pick<Paths, "data">, name: string): void {
  let volume: VolumeRecord;
  try {
    volume = decodeVolume(name, Deno.readTextFileSync(volumeFolder(paths, name).record));
  } catch {
    // A record that cannot be read tells no name.
    return;
  }
  if (isOtherSpelling(volume.name, name)) throw sameToFileSystem(name, volume.name);
}

function isOtherSpelling(one: string, other: string): boolean {
  return one !== other && one.toLowerCase() === other.toLowerCase();
}

function sameToFileSystem(name: string, other: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "use the volume",
    subject: name,
    reason: `there is ${other}, and this file system takes both names for one`,
    remedy: "see smolvm volume ls",
  });
}

/** Blocks its sparse disk takes on the host, in bytes. */
export function usedBytes(paths: Pick<Paths, "data">, name: string): number {
  try {
    return (Deno.statSync(volumeFolder(paths, name).disk).blocks ?? 0) * 512;
  } catch {
    return 0;
  }
}

/** The error for a name that no volume has. */
export function unknownVolume(name: string): SmolvmError {
  return new SmolvmError("usage", {
    action: "find the volume",
    subject: name,
    reason: "there is none of that name",
    remedy: "see smolvm volume ls",
  });
}
