/**
 * How much an image may be, stated once: what exceeds a limit is an error, not a full disk.
 *
 * @module
 */

/** Limits of one image. */
export interface ImageLimits {
  /** Bytes of all layers uncompressed, together. */
  readonly unpackedBytes: number;
  /** Entries of all layers, together. */
  readonly entries: number;
  /** Bytes of names, link targets and extended attributes of all layers, together: memory holds them. */
  readonly metadataBytes: number;
  /** Bytes of one path: PATH_MAX, less its NUL. */
  readonly pathBytes: number;
  /** Bytes of one part of a path: NAME_MAX. */
  readonly nameBytes: number;
  /** Directories inside each other. */
  readonly depth: number;
  /** Bytes of all extended attributes of an inode, names included: what ext4 and overlayfs can copy up. */
  readonly xattrBytes: number;
}

/** What applies unless a caller says otherwise. */
export const DEFAULT_LIMITS: ImageLimits = {
  unpackedBytes: 64 * 2 ** 30,
  entries: 2_000_000,
  metadataBytes: 256 * 2 ** 20,
  pathBytes: 4095,
  nameBytes: 255,
  depth: 1024,
  xattrBytes: 64 * 1024,
};
