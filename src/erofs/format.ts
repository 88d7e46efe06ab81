/**
 * EROFS on disk: the superblock and the extended inode, field by field as the kernel's fs/erofs/erofs_fs.h
 * names them. Pure. Only what an uncompressed image needs is here.
 *
 * @module
 */

/** Bytes of a block. */
export const BLOCK_BYTES = 4096;

/** Inodes begin at multiples of this many bytes (`EROFS_ISLOTBITS` is 5); a nid counts such slots. */
export const SLOT_BYTES = 32;

/** sizeof(struct erofs_inode_extended). */
export const INODE_BYTES = 64;

/** Where the superblock begins (`EROFS_SUPER_OFFSET`). */
export const SUPERBLOCK_OFFSET = 1024;

/** sizeof(struct erofs_super_block). */
const SUPERBLOCK_BYTES = 128;

/** `EROFS_SUPER_MAGIC_V1`. */
const MAGIC = 0xe0f5e1e2;

/** `EROFS_FEATURE_COMPAT_MTIME`: inodes hold mtime, not ctime. */
const FEATURE_COMPAT_MTIME = 2;

/** `i_format`: bit 0 is the extended version, bits 1 to 3 the data layout. */
export const DataLayout = { flatPlain: 0, flatInline: 2 } as const;
export type DataLayout = typeof DataLayout[keyof typeof DataLayout];

/** File type bits of `i_mode` (stat(2)). */
export const FileType = {
  fifo: 0o010000,
  character: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
} as const;

/** `file_type` of a directory entry (include/linux/fs_types.h). */
export const EntryType = {
  file: 1,
  directory: 2,
  character: 3,
  block: 4,
  fifo: 5,
  socket: 6,
  symlink: 7,
} as const;

/** What an inode record holds. */
export interface InodeRecord {
  readonly layout: DataLayout;
  /** Bytes of the xattr body that follows the inode; 0 or at least 12. */
  readonly xattrBytes: number;
  readonly mode: number;
  readonly nlink: number;
  readonly size: number;
  /** First block of the data, or the encoded device number. */
  readonly union: number;
  /** Number that stat(2) shows on 32-bit systems; unique in the image. */
  readonly ino: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly mtimeNanoseconds: number;
}

/** Writes struct erofs_inode_extended. */
export function encodeInode(view: DataView, offset: number, inode: InodeRecord): void {
  view.setUint16(offset, 1 | inode.layout << 1, true); // i_format
  view.setUint16(offset + 2, xattrCount(inode.xattrBytes), true); // i_xattr_icount
  view.setUint16(offset + 4, inode.mode, true); // i_mode
  view.setBigUint64(offset + 8, BigInt(inode.size), true); // i_size
  view.setUint32(offset + 16, inode.union, true); // i_u
  view.setUint32(offset + 20, inode.ino, true); // i_ino
  view.setUint32(offset + 24, inode.uid, true); // i_uid
  view.setUint32(offset + 28, inode.gid, true); // i_gid
  view.setBigInt64(offset + 32, BigInt(inode.mtime), true); // i_mtime
  view.setUint32(offset + 40, inode.mtimeNanoseconds, true); // i_mtime_nsec
  view.setUint32(offset + 44, inode.nlink, true); // i_nlink
}

/** `i_xattr_icount`: the 12-byte header counts as one, then every 4 bytes as one. */
function xattrCount(bytes: number): number {
  return bytes === 0 ? 0 : (bytes - 12) / 4 + 1;
}

/** A device number as the kernel keeps it (new_encode_dev in include/linux/kdev_t.h). */
export function encodeDevice(major: number, minor: number): number {
  return ((minor & 0xff) | major << 8 | (minor & ~0xff) << 12) >>> 0;
}

/** Where a disk's UUID lies, 16 bytes: field `uuid` of struct erofs_super_block, which begins at 1024. */
export const UUID_OFFSET = 1024 + 48;

/** What the superblock says. */
export interface Superblock {
  /** Block at which inode slots begin to count. */
  readonly metaBlock: number;
  /** Slot of the root directory, below 65,536. */
  readonly rootNid: number;
  readonly inodes: number;
  readonly blocks: number;
}

/** Encodes struct erofs_super_block. No clock and no random id, so that equal trees give equal bytes. */
export function encodeSuperblock(superblock: Superblock): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(SUPERBLOCK_BYTES));
  view.setUint32(0, MAGIC, true); // magic
  view.setUint32(8, FEATURE_COMPAT_MTIME, true); // feature_compat
  view.setUint8(12, Math.log2(BLOCK_BYTES)); // blkszbits
  view.setUint16(14, superblock.rootNid, true); // root_nid
  view.setBigUint64(16, BigInt(superblock.inodes), true); // inos
  view.setUint32(36, superblock.blocks, true); // blocks
  view.setUint32(40, superblock.metaBlock, true); // meta_blkaddr
  return new Uint8Array(view.buffer);
}

/**
 * Reads struct erofs_super_block.
 *
 * @throws {RangeError} when it is not one that {@linkcode encodeSuperblock} writes
 */
export function decodeSuperblock(bytes: Uint8Array): Superblock {
  const view = viewOf(bytes, SUPERBLOCK_BYTES);
  const known = view.getUint32(0, true) === MAGIC && view.getUint8(12) === Math.log2(BLOCK_BYTES) &&
    view.getUint32(8, true) === FEATURE_COMPAT_MTIME && view.getUint32(80, true) === 0; // feature_incompat
  if (!known) throw new RangeError("Cannot read EROFS: no superblock, or one with other features");
  return {
    metaBlock: view.getUint32(40, true),
    rootNid: view.getUint16(14, true),
    inodes: Number(view.getBigUint64(16, true)),
    blocks: view.getUint32(36, true),
  };
}

/**
 * Reads struct erofs_inode_extended.
 *
 * @throws {RangeError} when it is not one that {@linkcode encodeInode} writes
 */
export function decodeInode(bytes: Uint8Array): InodeRecord {
  const view = viewOf(bytes, INODE_BYTES);
  const format = view.getUint16(0, true);
  const layout = Object.values(DataLayout).find((one) => (1 | one << 1) === format);
  if (layout === undefined) throw new RangeError(`Cannot read EROFS: an inode of the format ${format}`);
  const count = view.getUint16(2, true);
  return {
    layout,
    xattrBytes: count === 0 ? 0 : 12 + (count - 1) * 4,
    mode: view.getUint16(4, true),
    nlink: view.getUint32(44, true),
    size: Number(view.getBigUint64(8, true)),
    union: view.getUint32(16, true),
    ino: view.getUint32(20, true),
    uid: view.getUint32(24, true),
    gid: view.getUint32(28, true),
    mtime: Number(view.getBigInt64(32, true)),
    mtimeNanoseconds: view.getUint32(40, true),
  };
}

/** What {@linkcode encodeDevice} made a number of. */
export function decodeDevice(device: number): { readonly major: number; readonly minor: number } {
  return { major: device >>> 8 & 0xfff, minor: device & 0xff | device >>> 12 & 0xfff00 };
}

function viewOf(bytes: Uint8Array, length: number): DataView {
  if (bytes.byteLength < length) throw new RangeError("Cannot read EROFS: it is cut off");
  return new DataView(bytes.buffer, bytes.byteOffset, length);
}
