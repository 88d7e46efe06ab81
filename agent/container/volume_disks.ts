/**
 * Volumes in the guest: disks, each mounted once when it is first used, and bound where they are wanted. What a volume
 * holds is a folder of its filesystem, so that an empty one is empty: beside it are ext4's `lost+found` and our marks.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import type { VolumeRequest } from "../../src/guest_protocol/mounts.ts";
import { DISKS, mountExt4 } from "../disks/ext4_disk.ts";
import { resolveInside } from "../program/inside.ts";
import { LaunchError } from "../program/prepared.ts";
import { libc, SyscallError } from "../syscalls/libc.ts";
import type { ContainerRoot } from "./rootfs.ts";
import { copyFolder } from "./volumes.ts";

/** Folder of a disk that is what its volume holds. */
const CONTENT = "data";

/** Beside it while it is filled: what lies there then is a part of what the image has, and is filled anew. */
const FILLING = "filling";

/** Folder of a container's layer that says that its volumes were filled: as in Docker that is done once. */
const FILLED = "filled";

const mounted = new Map<string, Promise<void>>();
let filling: Promise<void> = Promise.resolve();

/**
 * Where the VM has what a volume holds.
 *
 * @throws {LaunchError} 125 when the disk cannot be mounted
 */
export async function volumePath({ place, target }: VolumeRequest): Promise<string> {
  const disk = `${DISKS}/${place}`;
  const ready = mounted.get(place) ?? mountVolume(place, disk);
  mounted.set(place, ready);
  try {
    await ready;
  } catch (error) {
    mounted.delete(place);
    const reason = error instanceof SyscallError ? errnoName(error.errno) : (error as Error).message;
    throw new LaunchError({ exitCode: 125, reason, subject: target, step: "mount volume" });
  }
  return isFolder(`${disk}/${CONTENT}`) ? `${disk}/${CONTENT}` : `${disk}.empty`;
}

async function mountVolume(place: string, disk: string): Promise<void> {
  const readOnly = isReadOnly(place);
  Deno.mkdirSync(disk, { recursive: true });
  await mountExt4({ device: place, target: disk, what: "a volume", readOnly });
  const content = `${disk}/${CONTENT}`;
  if (isFolder(content)) return;
  // One that was never written to has no folder yet, and a disk that is read-only gets none.
  const folder = readOnly ? `${disk}.empty` : content;
  Deno.mkdirSync(folder, { mode: 0o755 });
  Deno.chmodSync(folder, 0o755);
}

/**
 * Has volumes that are empty begin as copies of what the image has at their places, owners and modes included, when a
 * container is first run.
 *
 * @param root the container's mounted root; nothing runs in it yet
 * @throws {LaunchError} 125 when the image's content cannot be copied
 */
export async function fillVolumes(root: ContainerRoot, volumes: readonly VolumeRequest[]): Promise<void> {
  // Two containers that start at once may have the same volume.
  const turn = filling.catch(() => {}).then(() => fillAll(root, volumes));
  filling = turn;
  await turn;
}

async function fillAll(root: ContainerRoot, volumes: readonly VolumeRequest[]): Promise<void> {
  const filled = `${root.layer}/${FILLED}`;
  for (const volume of volumes) {
    if (!volume.copy || isReadOnly(volume.place)) continue;
    const content = await volumePath(volume);
    const mark = `${DISKS}/${volume.place}/${FILLING}`;
    const unfinished = isFolder(mark);
    if (!unfinished && (isFolder(filled) || !isEmpty(content))) continue;
    const image = resolveInside(root.path, volume.target);
    if (image === undefined || !isFolder(image)) continue;
    if (unfinished) empty(content);
    Deno.mkdirSync(mark, { recursive: true });
    await copyFolder(image, content, volume.target);
    // Without the sync a crash could leave files without their bytes, and no mark that says so.
    await libc.sync();
    Deno.removeSync(mark);
  }
  Deno.mkdirSync(filled, { recursive: true });
}

/** sysfs-block(5): whether the device takes no writes. */
function isReadOnly(place: string): boolean {
  return Deno.readTextFileSync(`/sys/block/${place}/ro`).trim() === "1";
}

function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch {
    return false;
  }
}

function isEmpty(folder: string): boolean {
  return Deno.readDirSync(folder)[Symbol.iterator]().next().done === true;
}

function empty(folder: string): void {
  for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(`${folder}/${name}`, { recursive: true });
}
