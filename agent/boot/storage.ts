/**
 * The VM's writable disk, whose place the host tells: grows its filesystem to the disk when the template it was
 * made from is smaller, mounts it, and repairs it when it was damaged.
 *
 * @module
 */
import { decodeBootWords } from "../../src/guest_protocol/boot.ts";
import { runTool } from "../process/tool.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { libc } from "../syscalls/libc.ts";
import { mount, MS, unmountNow } from "../syscalls/mount.ts";
import { decodeSuperblock, SUPERBLOCK, type Superblock } from "./superblock.ts";

/** Where it is mounted. */
export const STORAGE = "/storage";

/** Label of its filesystem: any other disk is not written to. */
const LABEL = "smolvm-storage";

/** Exit codes of e2fsck(8) below this one mean that the filesystem is whole now. */
const E2FSCK_UNCORRECTED = 4;

/**
 * Mounts the storage disk.
 *
 * @throws {Error} when it can neither be mounted nor repaired, or is no storage disk
 */
export async function mountStorage(): Promise<void> {
  const { storage } = decodeBootWords(Deno.readTextFileSync("/proc/cmdline"));
  const filesystem = readSuperblock(storage);
  if (filesystem?.label !== LABEL) {
    throw new Error(`Cannot use /dev/${storage} as the storage: it has no ext4 filesystem labelled ${LABEL}`);
  }
  const sectors = Number(Deno.readTextFileSync(`/sys/block/${storage}/size`));
  if (filesystem.bytes < sectors * 512 - (64 << 20)) await grow(storage);
  if (mountWhole(storage)) return;
  await repair(storage);
  mountDisk(storage);
}

/**
 * ext4 checks nothing when it is mounted, but it replays its journal, and only the journal may know of an error
 * that the last kernel could not write elsewhere. Such a filesystem is read-only again at its first error.
 *
 * @returns whether it is mounted and without errors
 */
function mountWhole(device: string): boolean {
  try {
    mountDisk(device);
  } catch (error) {
    console.error("agent:", error);
    return false;
  }
  if (!readSuperblock(device)?.hasErrors) return true;
  unmountNow(STORAGE);
  return false;
}

function mountDisk(device: string): void {
  mount({
    source: `/dev/${device}`,
    target: STORAGE,
    type: "ext4",
    flags: MS.NODEV,
    data: "errors=remount-ro",
  });
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
