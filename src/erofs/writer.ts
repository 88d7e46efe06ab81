/**
 * Writes an EROFS file: contents as they stream in, then directories, then inodes, then the superblock.
 *
 * @module
 */
import { punchHoles } from "../ffi/libc.ts";
import { encodeDirectoryBlock } from "./directory.ts";
import {
  BLOCK_BYTES,
  DataLayout,
  encodeDevice,
  encodeInode,
  encodeSuperblock,
  FileType,
  INODE_BYTES,
  SLOT_BYTES,
  SUPERBLOCK_OFFSET,
} from "./format.ts";
import { type Layout, layOut, type Placed } from "./layout.ts";
import { OutputFile } from "./output_file.ts";
import { byteStringToBytes, type DirectoryInode, type FileData } from "./tree.ts";

/** Files up to this many bytes are kept in memory until their inode is written, right behind it. */
const INLINE_BYTES = 2048;

/** All that is kept so; beyond it small files take a block each. */
const INLINE_TOTAL_BYTES = 32 << 20;

/** Small files share buffers of this many bytes: tens of thousands of their own would cost twice the memory. */
const SLAB_BYTES = 1 << 20;

/** Takes the content of one regular file. */
export interface FileSink {
  /** Adds bytes; they are copied. */
  append(bytes: Uint8Array): void;
  /** Adds so many zeros. */
  skip(count: number): void;
  /**
   * Ends the file.
   *
   * @throws {RangeError} when another number of bytes was added than announced
   */
  end(): FileData;
}

/** A writer. Disposing it before `finish` removes the file. */
export class ErofsWriter implements Disposable {
  readonly #path: string;
  readonly #file: OutputFile;
  #inlineTotal = 0;
  /** What is left of the buffer that small files share. */
  #slab = new Uint8Array(0);
  #finished = false;

  private constructor(path: string, file: OutputFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Begins a new file.
   *
   * @throws {Deno.errors.AlreadyExists} when there is one
   */
  static create(path: string): ErofsWriter {
    const file = OutputFile.create(path);
    file.skip(BLOCK_BYTES);
    return new ErofsWriter(path, file);
  }

  /**
   * Begins the content of a regular file; one at a time.
   *
   * @param size bytes that will be added
   */
  beginFile(size: number): FileSink {
    if (size <= INLINE_BYTES && this.#inlineTotal + size <= INLINE_TOTAL_BYTES) {
      this.#inlineTotal += size;
      return new MemorySink(this.#room(size));
    }
    return new BlockSink(this.#file, size);
  }

  /**
   * Writes the metadata of a tree and finishes the file. Blocks that no file of the tree refers to become
   * holes.
   *
   * @throws {RangeError} when an inode does not fit the format
   */
  finish(root: DirectoryInode): { bytes: number; inodes: number } {
    const layout = layOut(root);
    const holes = unreferenced(layout, this.#file.position / BLOCK_BYTES);
    const blocks = new Map<Placed, number>();
    for (const placed of layout.placed) this.#writeOutside(layout, placed, blocks);
    const metaBlock = this.#file.position / BLOCK_BYTES;
    for (const placed of layout.placed) this.#writeInode(layout, placed, blocks, metaBlock * BLOCK_BYTES);
    this.#file.alignTo(BLOCK_BYTES);
    if (endsWithInode(layout)) this.#file.skip(BLOCK_BYTES);
    const bytes = this.#file.finish();
    const superblock = encodeSuperblock({
      metaBlock,
      rootNid: layout.root.nid,
      inodes: layout.placed.length,
      blocks: bytes / BLOCK_BYTES,
    });
    this.#file.writeAt(SUPERBLOCK_OFFSET, superblock);
    this.#file.close();
    punchHoles(this.#path, holes);
    this.#finished = true;
    return { bytes, inodes: layout.placed.length };
  }

  [Symbol.dispose](): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#file.close();
    Deno.removeSync(this.#path);
  }

  #room(size: number): Uint8Array {
    if (size > this.#slab.length) this.#slab = new Uint8Array(SLAB_BYTES);
    const room = this.#slab.subarray(0, size);
    this.#slab = this.#slab.subarray(size);
    return room;
  }

  /** Content that is made here and does not stay behind the inode: directories, and what was too long. */
  #writeOutside(layout: Layout, placed: Placed, blocks: Map<Placed, number>): void {
    const content = outsideContent(layout, placed);
    if (content.length === 0) return;
    blocks.set(placed, this.#file.position / BLOCK_BYTES);
    for (const block of content) {
      this.#file.append(block);
      this.#file.alignTo(BLOCK_BYTES);
    }
  }

  #writeInode(layout: Layout, placed: Placed, blocks: ReadonlyMap<Placed, number>, start: number): void {
    this.#file.skip(start + placed.nid * SLOT_BYTES - this.#file.position);
    const bytes = new Uint8Array(INODE_BYTES);
    const { inode, xattrs, inlineBytes, nlink, nid } = placed;
    const { metadata } = inode;
    encodeInode(new DataView(bytes.buffer), 0, {
      layout: inlineBytes > 0 ? DataLayout.flatInline : DataLayout.flatPlain,
      xattrBytes: xattrs.length,
      mode: FileType[inode.type] | metadata.mode,
      nlink,
      size: contentSize(placed),
      union: union(placed, blocks),
      ino: nid,
      uid: metadata.uid,
      gid: metadata.gid,
      mtime: metadata.mtime,
      mtimeNanoseconds: metadata.mtimeNanoseconds,
    });
    this.#file.append(bytes);
    this.#file.append(xattrs);
    if (inlineBytes > 0) this.#file.append(inlineContent(layout, placed));
  }
}

/** Keeps a small file. */
class MemorySink implements FileSink {
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(room: Uint8Array) {
    this.#bytes = room;
  }

  append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) throw tooMany(this.#bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  skip(count: number): void {
    if (this.#length + count > this.#bytes.length) throw tooMany(this.#bytes.length);
    this.#length += count;
  }

  end(): FileData {
    if (this.#length !== this.#bytes.length) throw tooFew(this.#length, this.#bytes.length);
    return { at: "memory", bytes: this.#bytes };
  }
}

/** Puts a file into the data area, from a block boundary to a block boundary. */
class BlockSink implements FileSink {
  readonly #file: OutputFile;
  readonly #size: number;
  readonly #start: number;

  constructor(file: OutputFile, size: number) {
    this.#file = file;
    this.#size = size;
    this.#start = file.position;
  }

  append(bytes: Uint8Array): void {
    if (this.#file.position - this.#start + bytes.length > this.#size) throw tooMany(this.#size);
    this.#file.append(bytes);
  }

  skip(count: number): void {
    if (this.#file.position - this.#start + count > this.#size) throw tooMany(this.#size);
    this.#file.skip(count);
  }

  end(): FileData {
    const length = this.#file.position - this.#start;
    if (length !== this.#size) throw tooFew(length, this.#size);
    this.#file.alignTo(BLOCK_BYTES);
    return { at: "blocks", startBlock: this.#start / BLOCK_BYTES };
  }
}

function tooMany(size: number): RangeError {
  return new RangeError(`Cannot write file: more than the ${size} bytes that were announced`);
}

function tooFew(length: number, size: number): RangeError {
  return new RangeError(`Cannot write file: ${length} of the ${size} bytes that were announced`);
}

/** Bytes of an inode's content (`i_size`). */
function contentSize({ inode, directory }: Placed): number {
  if (directory) return directory.shape.size;
  if (inode.type === "symlink") return inode.target.length;
  return inode.type === "file" ? inode.size : 0;
}

/** `i_u`: the device number, or the first block of what is not inline. */
function union(placed: Placed, blocks: ReadonlyMap<Placed, number>): number {
  const { inode } = placed;
  if (inode.type === "character" || inode.type === "block") return encodeDevice(inode.major, inode.minor);
  if (inode.type === "file" && inode.data.at === "blocks") return inode.data.startBlock;
  return blocks.get(placed) ?? 0;
}

/** What goes into blocks of its own when the metadata is written. */
function outsideContent(layout: Layout, placed: Placed): Uint8Array[] {
  const { inode, directory, inlineBytes } = placed;
  if (directory) {
    const whole = inlineBytes > 0 ? directory.shape.blocks.slice(0, -1) : directory.shape.blocks;
    return whole.map((_, index) => directoryBlock(layout, placed, index));
  }
  if (inlineBytes > 0) return [];
  if (inode.type === "symlink") return [byteStringToBytes(inode.target)];
  return inode.type === "file" && inode.data.at === "memory" && inode.size > 0 ? [inode.data.bytes] : [];
}

function inlineContent(layout: Layout, placed: Placed): Uint8Array {
  const { inode, directory } = placed;
  if (directory) return directoryBlock(layout, placed, directory.shape.blocks.length - 1);
  if (inode.type === "symlink") return byteStringToBytes(inode.target);
  return inode.type === "file" && inode.data.at === "memory" ? inode.data.bytes : new Uint8Array(0);
}

function directoryBlock(layout: Layout, placed: Placed, index: number): Uint8Array {
  const { inode, directory } = placed;
  const entries = directory?.shape.blocks[index] ?? [];
  return encodeDirectoryBlock(entries, ({ name }) => {
    if (name === ".") return placed.nid;
    if (name === "..") return (directory?.parent ?? placed).nid;
    const child = inode.type === "directory" ? inode.entries.get(name) : undefined;
    return (child && layout.places.get(child)?.nid) ?? 0;
  });
}

/**
 * Whether nothing follows the last inode, not even padding. fsck.erofs reads the 12 bytes of an xattr header behind
 * every inode, also behind one without xattrs, and calls an image corrupt where the file ends before them.
 */
function endsWithInode({ placed, metadataBytes }: Layout): boolean {
  const last = placed.at(-1);
  return metadataBytes % BLOCK_BYTES === 0 && last?.inlineBytes === 0 && last.xattrs.length === 0;
}

/** Runs of data blocks that no inode refers to, as byte ranges. */
function unreferenced(layout: Layout, endBlock: number): { offset: number; length: number }[] {
  const used = layout.placed.flatMap(({ inode }) =>
    inode.type === "file" && inode.data.at === "blocks"
      ? [{ start: inode.data.startBlock, count: Math.ceil(inode.size / BLOCK_BYTES) }]
      : []
  ).sort((a, b) => a.start - b.start);
  const holes: { offset: number; length: number }[] = [];
  let next = 1;
  for (const { start, count } of [...used, { start: endBlock, count: 0 }]) {
    if (start > next) holes.push({ offset: next * BLOCK_BYTES, length: (start - next) * BLOCK_BYTES });
    next = start + count;
  }
  return holes;
}
