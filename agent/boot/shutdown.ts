/**
 * Ends the VM: every process killed, storage synced and unmounted, then the power goes off.
 *
 * @module
 */
import { DISKS } from "../disks/ext4_disk.ts";
import { libc } from "../syscalls/libc.ts";
import { remountReadOnly, unmount, unmountNow } from "../syscalls/mount.ts";
import { staysWritable } from "./root.ts";
import { STORAGE } from "./storage.ts";

const SIGKILL = 9;
const RB_AUTOBOOT = 0x0123_4567;

/** How long dying processes may hold the storage and the volumes, in milliseconds. */
const PATIENCE = 3_000;

/** Ends the VM, and does not return: the engines have their VMM exit when the guest resets. */
export async function powerOff(): Promise<void> {
  libc.kill(-1, SIGKILL);
  for (const path of mountsBelow("/run/smolvm/containers")) unmount(path);
  await release([releaseStorage, ...mountsBelow(DISKS).map((path) => () => remountReadOnly(path))]);
  await libc.sync();
  libc.reboot(RB_AUTOBOOT);
}

/** Tries each until it succeeds, all of them together for as long as the patience lasts. */
async function release(disks: readonly (() => void)[]): Promise<void> {
  const end = performance.now() + PATIENCE;
  for (let left = disks; left.length > 0 && performance.now() < end;) {
    left = left.filter((disk) => {
      try {
        disk();
        return false;
      } catch {
        return true;
      }
    });
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A writable root lies on the storage and stays, so the storage can only be made read-only then. */
function releaseStorage(): void {
  if (staysWritable()) remountReadOnly(STORAGE);
  else unmountNow(STORAGE);
}

function mountsBelow(folder: string): string[] {
  const lines = Deno.readTextFileSync("/proc/self/mounts").split("\n");
  return lines.map((line) => line.split(" ")[1] ?? "").filter((path) => path.startsWith(`${folder}/`))
    .toReversed();
}
