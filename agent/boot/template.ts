/**
 * A guest of which a template is made: it gives its disks away before it is saved, and takes those that it has when
 * it goes on. A driver that is bound anew knows nothing of the disk before: neither its size nor a byte of it.
 *
 * @module
 */
import { basename } from "node:path";
import { decodeBootWords } from "../../src/guest_protocol/boot.ts";
import { unmountNow } from "../syscalls/mount.ts";
import { STORAGE } from "./storage.ts";

/** Where the kernel binds virtio disks to their driver (Documentation/ABI/testing/sysfs-bus-pci has the words). */
const DRIVER = "/sys/bus/virtio/drivers/virtio_blk";

/** All disks but the root, vda, which is the same in every VM of a template. */
const OWN_DISK = /^vd[b-z]$/;

/** Whether this guest is to be saved. */
export function isTemplate(): boolean {
  return decodeBootWords(Deno.readTextFileSync("/proc/cmdline")).template ?? false;
}

/** Gives all disks but the root away. @returns their devices, in the order of the disks' names */
export function releaseDisks(): string[] {
  const disks = [...Deno.readDirSync("/sys/block")].map(({ name }) => name).filter((name) =>
    OWN_DISK.test(name)
  );
  const devices = disks.sort().map((disk) => basename(Deno.readLinkSync(`/sys/block/${disk}/device`)));
  for (const device of devices) Deno.writeTextFileSync(`${DRIVER}/unbind`, device, { create: false });
  return devices;
}

/** Takes disks: in this order they get the lowest free names, those that they had. */
export function takeDisks(devices: readonly string[]): void {
  for (const device of devices) Deno.writeTextFileSync(`${DRIVER}/bind`, device, { create: false });
}

/** Where sessions make files, in memory; there is none before the first session. */
const SESSIONS = "/run/smolvm";

/** Removes what the sessions of a rehearsal have left, once all of them have ended. @throws {Error} when something is in use */
export function clearRehearsal(): void {
  unmountNow(STORAGE);
  try {
    Deno.removeSync(SESSIONS, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
