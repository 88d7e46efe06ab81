/**
 * Decides where every inode of a tree lies: one pass over the tree, positions in the order of a walk, so
 * that equal trees give equal layouts. Pure.
 *
 * @module
 */
import { type DirectoryShape, type Entry, shapeDirectory } from "./directory.ts";
import { BLOCK_BYTES, EntryType, INODE_BYTES, SLOT_BYTES } from "./format.ts";
import type { DirectoryInode, Inode } from "./tree.ts";
import { encodeXattrs } from "./xattrs.ts";

/** An inode with its place. */
export interface Placed {
  readonly inode: Inode;
  /** Position in units of 32 bytes from the start of the metadata area. */
  readonly nid: number;
  readonly xattrs: Uint8Array;
  /** Bytes kept right behind the inode and its xattrs: a small file, a link's target, a directory's end. */
  readonly inlineBytes: number;
  /** Names that lead here, counted as stat(2) shows them. */
  nlink: number;
  /** For a directory: its entries by block, and the directory it lies in. */
  readonly directory?: { readonly shape: DirectoryShape; readonly parent: Placed | undefined };
}

/** Where everything lies. */
export interface Layout {
  readonly root: Placed;
  /** All inodes in the order of their nids. */
  readonly placed: readonly Placed[];
  /** The place of each inode. */
  readonly places: ReadonlyMap<Inode, Placed>;
  /** Bytes of the metadata area. */
  readonly metadataBytes: number;
}

/**
 * Lays a tree out.
 *
 * @throws {RangeError} when an inode's xattrs are too long to keep
 */
export function layOut(root: DirectoryInode): Layout {
  const placed: Placed[] = [];
  const places = new Map<Inode, Placed>();
  let end = 0;

  const place = (inode: Inode, parent: Placed | undefined): Placed => {
    const xattrs = encodeXattrs(inode.metadata.xattrs);
    const directory = inode.type === "directory"
      ? { shape: shapeDirectory(entriesOf(inode)), parent }
      : undefined;
    const head = INODE_BYTES + xattrs.length;
    const inlineBytes = inlineLength(inode, directory?.shape, head);
    const offset = position(end, head, inlineBytes);
    end = offset + head + inlineBytes;
    const nlink = inode.type === "directory" ? 2 : 1;
    const one: Placed = {
      inode,
      nid: offset / SLOT_BYTES,
      xattrs,
      inlineBytes,
      nlink,
      ...(directory && { directory }),
    };
    placed.push(one);
    places.set(inode, one);
    return one;
  };

  const first = place(root, undefined);
  const waiting: Placed[] = [first];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.inode.type !== "directory") continue;
    for (const [, child] of sortedEntries(next.inode)) {
      const known = places.get(child);
      if (known) {
        known.nlink++;
        continue;
      }
      const one = place(child, next);
      if (child.type !== "directory") continue;
      next.nlink++;
      waiting.push(one);
    }
  }
  return { root: first, placed, places, metadataBytes: end };
}

/** What stays behind the inode: the part of a block that the content does not fill, when there is room for it. */
function inlineLength(inode: Inode, shape: DirectoryShape | undefined, head: number): number {
  const room = BLOCK_BYTES - (head % BLOCK_BYTES);
  const wanted = tailLength(inode, shape);
  return wanted <= room && head < BLOCK_BYTES ? wanted : 0;
}

function tailLength(inode: Inode, shape: DirectoryShape | undefined): number {
  if (shape) return shape.size % BLOCK_BYTES;
  if (inode.type === "symlink") return inode.target.length;
  return inode.type === "file" && inode.data.at === "memory" ? inode.data.bytes.length : 0;
}

/**
 * The next slot where the inode does not straddle a block and its inline data lies in one block: the kernel
 * refuses inline data that crosses (fs/erofs/data.c).
 */
function position(end: number, head: number, inlineBytes: number): number {
  const slot = Math.ceil(end / SLOT_BYTES) * SLOT_BYTES;
  const block = Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES;
  const tail = slot + head;
  const inlineCrosses = inlineBytes > 0 &&
    Math.floor(tail / BLOCK_BYTES) !== Math.floor((tail + inlineBytes - 1) / BLOCK_BYTES);
  const inodeCrosses = Math.floor(slot / BLOCK_BYTES) !== Math.floor((slot + INODE_BYTES - 1) / BLOCK_BYTES);
  return inlineCrosses || inodeCrosses ? block : slot;
}

/** Children in byte order. */
function sortedEntries(directory: DirectoryInode): [string, Inode][] {
  return [...directory.entries].sort(([a], [b]) => a < b ? -1 : 1);
}

function entriesOf(directory: DirectoryInode): Entry[] {
  const children = [...directory.entries].map(([name, inode]) => ({ name, type: EntryType[inode.type] }));
  return [{ name: ".", type: EntryType.directory }, { name: "..", type: EntryType.directory }, ...children];
}
