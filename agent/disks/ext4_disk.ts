/**
 * Mounts a disk with an ext4 filesystem that smolvm made: grows the filesystem to the disk when the template it was made
 * from is smaller, and repairs it when it was damaged.
 *
 * @module
 */
import { runTool } from "../process/tool.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { libc } from "../syscalls/libc.ts";
import { mount, MS, unmountNow } from "../syscalls/mount.ts";
import { decodeSuperblock, SUPERBLOCK, type Superblock } from "./superblock.ts";

/** Where volumes are mounted, by their places. */
export const DISKS = "/run/smolvm/disks";

/** Label of the filesystems: any other disk is not written to. */
const LABEL = "smolvm-storage";

/** Exit codes of e2fsck(8) below this one mean that the filesystem is whole now. */
const E2FSCK_UNCORRECTED = 4;

/** A disk, and where it is wanted. */
export interface Ext4Disk {
  /** Block device, without `/dev/`. */
  readonly device: string;
  /** An existing folder. */
  readonly target: string;
  /** What it is, for messages: `the storage`. */
  readonly what: string;
  /** The device refuses writes: then nothing is grown, replayed or repaired. */
  readonly readOnly?: boolean;
}

/**
 * Mounts a disk.
 *
 * @throws {Error} when it can neither be mounted nor repaired, or is no disk that smolvm made
 */
export async function mountExt4(disk: Ext4Disk): Promise<void> {
  const { device, what, readOnly = false } = disk;
  const filesystem = readSuperblock(device);
  if (filesystem?.label !== LABEL) {
    throw new Error(`Cannot use /dev/${device} as ${what}: it has no ext4 filesystem labelled ${LABEL}`);
  }
  if (readOnly) return mountDisk(disk);
  const sectors = Number(Deno.readTextFileSync(`/sys/block/${device}/size`));
  if (filesystem.bytes < sectors * 512 - (64 << 20)) await grow(device);
  if (mountWhole(disk)) return;
  await repair(device);
  mountDisk(disk);
}

/**
 * ext4 checks nothing when it is mounted, but it replays its journal, and only the journal may know of an error
 * that the last kernel could not write elsewhere. Such a filesystem is read-only again at its first error.
 *
 * @returns whether it is mounted and without errors
 */
function mountWhole(disk: Ext4Disk): boolean {
  try {
    mountDisk(disk);
  } catch (error) {
    console.error("agent:", error);
    return false;
  }
  if (!readSuperblock(disk.device)?.hasErrors) return true;
  unmountNow(disk.target);
  return false;
}

function mountDisk({ device, target, readOnly = false }: Ext4Disk): void {
  const source = `/dev/${device}`;
  const flags = MS.NODEV | (readOnly ? MS.RDONLY : 0);
  mount({ source, target, type: "ext4", flags, data: "errors=remount-ro" });
}

function readSuperblock(device: string): Superblock | undefined {
  using file = Descriptor.open(`/dev/${device}`, OpenMode.read);
  const bytes = new Uint8Array(SUPERBLOCK.end);
  if (Number(libc.read(file.fd, bytes, BigInt(bytes.length))) < bytes.length) return undefined;
  return decodeSuperblock(bytes.subarray(SUPERBLOCK.begin));
}

/** resize2fs(8) asks for a check before it grows a filesystem; -f: the template was checked when it was built. */
async function grow(device: string): Promise<void> {
  const code = await runTool(["/usr/sbin/resize2fs", "-f", `/dev/${device}`]);
  if (code !== 0) throw new Error(`resize2fs of /dev/${device} ended with ${code}`);
}

/** e2fsck(8) without a terminal: first what needs no decision (-p), then with yes to every question (-y). */
async function repair(device: string): Promise<void> {
  let code = E2FSCK_UNCORRECTED;
  for (const how of ["-fp", "-fy"]) {
    if (code >= E2FSCK_UNCORRECTED) {
      code = await runTool(["/sbin/e2fsck", how, `/dev/${device}`], "/dev/console");
    }
  }
  if (code >= E2FSCK_UNCORRECTED) throw new Error(`e2fsck of /dev/${device} ended with ${code}`);
}
