/**
 * The VM's writable disk, whose place the host tells.
 *
 * @module
 */
import { decodeBootWords } from "../../src/guest_protocol/boot.ts";
import { mountExt4 } from "../disks/ext4_disk.ts";

/** Where it is mounted. */
export const STORAGE = "/storage";

/**
 * Mounts the storage disk.
 *
 * @throws {Error} when it can neither be mounted nor repaired, or is no storage disk
 */
export async function mountStorage(): Promise<void> {
  const { storage } = decodeBootWords(Deno.readTextFileSync("/proc/cmdline"));
  await mountExt4({ device: storage, target: STORAGE, what: "the storage" });
}
