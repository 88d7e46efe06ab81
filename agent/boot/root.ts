/**
 * The VM's own root where it stays: an overlay of the read-only root disk and a layer on the storage disk,
 * so that what a user installs or changes survives a stop.
 *
 * @module
 */
import { decodeBootWords } from "../../src/guest_protocol/boot.ts";
import { LAUNCHER } from "../process/spawn.ts";
import { mount, MS, pivotRoot, unmount } from "../syscalls/mount.ts";
import { STORAGE } from "./storage.ts";

/** Its writable layer. */
const LAYER = `${STORAGE}/root`;

/** Where the new root is put together; a folder of every Alpine. */
const PLACE = "/mnt";

/** Mounts that move into the new root, with all below them. */
const mounts = ["/proc", "/sys", "/dev", "/run", "/tmp", STORAGE];

/** Whether the host wants this VM's root writable. */
export function staysWritable(): boolean {
  return decodeBootWords(Deno.readTextFileSync("/proc/cmdline")).rootWritable;
}

/**
 * Makes the overlay this process's root, and that of every other: pivot_root(2) also moves processes whose root is
 * the old one.
 *
 * @throws {SyscallError} when a mount fails
 */
export function enterWritableRoot(): void {
  const [upper, work] = [`${LAYER}/upper`, `${LAYER}/work`];
  for (const folder of [upper, work]) Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  // index=off: an index keeps inode numbers of the lower layer, and a later smolvm has another root disk there.
  const data = `lowerdir=/,upperdir=${upper},workdir=${work},index=off,redirect_dir=on`;
  mount({ source: "overlay", target: PLACE, type: "overlay", data });
  // A container's program can open the launcher's file by /proc/PID/exe while the launcher is about to execute
  // it (CVE-2019-5736). The file is bound from the read-only disk, so that it cannot be written to.
  mount({ source: LAUNCHER, target: PLACE + LAUNCHER, type: "", flags: MS.BIND });
  for (const path of mounts) mount({ source: path, target: PLACE + path, type: "", flags: MS.MOVE });
  pivotRoot(PLACE, PLACE + PLACE);
  Deno.chdir("/");
  unmount(PLACE);
}
