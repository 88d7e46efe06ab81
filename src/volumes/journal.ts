/**
 * Whether an ext4 filesystem's journal holds what is not yet in its place: such a filesystem cannot be mounted from a
 * disk that is read-only (Documentation/filesystems/ext4/super.rst). The host reads these bytes and mounts nothing.
 *
 * @module
 */

/** Offset of `s_feature_incompat` from the disk's begin, in bytes: the superblock's 1024, and its 0x60. */
const S_FEATURE_INCOMPAT = 1024 + 0x60;

/** INCOMPAT_RECOVER: set while the filesystem is mounted for writing, and cleared when it is unmounted. */
const RECOVER = 0x4;

/**
 * Whether the journal has to be replayed.
 *
 * @param disk path of a raw disk
 * @throws {Deno.errors} when it cannot be read
 */
export function needsRecovery(disk: string): boolean {
  using file = Deno.openSync(disk);
  file.seekSync(S_FEATURE_INCOMPAT, Deno.SeekMode.Start);
  const bytes = new Uint8Array(4);
  const count = file.readSync(bytes);
  return count === bytes.length && (new DataView(bytes.buffer).getUint32(0, true) & RECOVER) !== 0;
}
