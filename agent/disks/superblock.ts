/**
 * What the agent needs to know of an ext4 filesystem before it is mounted, from its superblock (ext4(5),
 * Documentation/filesystems/ext4/super.rst). Pure.
 *
 * @module
 */

/** Where the superblock lies, and where it ends, in bytes from the disk's begin. */
export const SUPERBLOCK = { begin: 1024, end: 2048 } as const;

const S_BLOCKS_COUNT_LO = 0x04;
const S_LOG_BLOCK_SIZE = 0x18;
const S_MAGIC = 0x38;
const S_STATE = 0x3a;
const S_VOLUME_NAME = 0x78;
const EXT4_MAGIC = 0xef53;
const EXT4_ERROR_FS = 0x0002;

/** An ext4 filesystem. */
export interface Superblock {
  readonly label: string;
  /** Size of the filesystem, which may be smaller than its disk. */
  readonly bytes: number;
  /** Whether the kernel found it damaged, or could not write what it had to. */
  readonly hasErrors: boolean;
}

/** @returns `undefined` when it is no ext4 filesystem's */
export function decodeSuperblock(block: Uint8Array<ArrayBuffer>): Superblock | undefined {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (view.getUint16(S_MAGIC, true) !== EXT4_MAGIC) return undefined;
  const name = block.subarray(S_VOLUME_NAME, S_VOLUME_NAME + 16);
  return {
    label: new TextDecoder().decode(name).replace(/\0.*$/s, ""),
    bytes: view.getUint32(S_BLOCKS_COUNT_LO, true) * 2 ** (10 + view.getUint32(S_LOG_BLOCK_SIZE, true)),
    hasErrors: (view.getUint16(S_STATE, true) & EXT4_ERROR_FS) !== 0,
  };
}
