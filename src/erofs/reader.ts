/**
 * Reads an EROFS file as ErofsWriter writes it: uncompressed, extended inodes, plain and inline layouts. Contents
 * stream; of the tree only what is asked for is in memory.
 *
 * @module
 */
import { decodeDirectoryBlock } from "./directory.ts";
import {
  BLOCK_BYTES,
  DataLayout,
  decodeDevice,
  decodeInode,
  decodeSuperblock,
  FileType,
  INODE_BYTES,
  type InodeRecord,
  SLOT_BYTES,
  type Superblock,
  SUPERBLOCK_OFFSET,
} from "./format.ts";
import { bytesToByteString, type Inode, type InodeMetadata } from "./tree.ts";
import { decodeXattrs } from "./xattrs.ts";

/** Contents come in pieces of at most this many bytes. */
const PIECE_BYTES = 1 << 18;

/** Linux's longest path, and so the longest target of a link (PATH_MAX). */
const MAX_TARGET_BYTES = 4096;

/** An inode of the file. */
export interface ReadInode {
  /** Its number in the file: the same for every name of it. */
  readonly nid: number;
  readonly type: Inode["type"];
  readonly metadata: InodeMetadata;
  readonly nlink: number;
  /** Bytes of its content. */
  readonly size: number;
  /** Device numbers; 0 for what is no device. */
  readonly major: number;
  readonly minor: number;
  readonly record: InodeRecord;
}

/** An open file. Close it with `using`. */
export class ErofsReader implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #superblock: Superblock;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
    this.#superblock = decodeSuperblock(this.#read(SUPERBLOCK_OFFSET, 128));
  }

  /** @throws {RangeError} when it is no file that ErofsWriter wrote */
  static open(path: string): ErofsReader {
    const file = Deno.openSync(path);
    try {
      return new ErofsReader(file);
    } catch (cause) {
      file.close();
      throw cause;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** The directory that everything is in. */
  root(): ReadInode {
    return this.inode(this.#superblock.rootNid);
  }

  /** The inode of that number. @throws {RangeError} when there is none */
  inode(nid: number): ReadInode {
    const at = this.#offsetOf(nid);
    const record = decodeInode(this.#read(at, INODE_BYTES));
    const [type] = typeNames.find(([, bits]) => bits === (record.mode & 0o170000)) ?? [];
    if (!type) throw new RangeError(`Cannot read EROFS: an inode of the mode ${record.mode.toString(8)}`);
    const xattrs = decodeXattrs(this.#read(at + INODE_BYTES, record.xattrBytes));
    const { mode, uid, gid, mtime, mtimeNanoseconds } = record;
    const device = type === "character" || type === "block";
    return {
      nid,
      type,
      metadata: { mode: mode & 0o7777, uid, gid, mtime, mtimeNanoseconds, xattrs },
      nlink: record.nlink,
      size: record.size,
      ...device ? decodeDevice(record.union) : { major: 0, minor: 0 },
      record,
    };
  }

  /** Names in a directory and where they lead, as bytes sort, without `.` and `..`. */
  *entries(directory: ReadInode): Generator<{ readonly name: string; readonly nid: number }, void> {
    for (const block of this.#pieces(directory, BLOCK_BYTES)) {
      yield* decodeDirectoryBlock(block).filter(({ name }) => name !== "." && name !== "..");
    }
  }

  /** Where a symbolic link leads, as a byte string. */
  target(link: ReadInode): string {
    if (link.size > MAX_TARGET_BYTES) throw new RangeError("Cannot read EROFS: a link's target is too long");
    return [...this.#pieces(link, PIECE_BYTES)].map(bytesToByteString).join("");
  }

  /** The content of a regular file, in pieces. */
  content(file: ReadInode): Generator<Uint8Array<ArrayBuffer>, void> {
    return this.#pieces(file, PIECE_BYTES);
  }

  *#pieces({ nid, record, size }: ReadInode, most: number): Generator<Uint8Array<ArrayBuffer>, void> {
    const inline = record.layout === DataLayout.flatInline ? size % BLOCK_BYTES : 0;
    for (let at = 0; at < size - inline; at += most) {
      yield this.#read(record.union * BLOCK_BYTES + at, Math.min(most, size - inline - at));
    }
    if (inline > 0) yield this.#read(this.#offsetOf(nid) + INODE_BYTES + record.xattrBytes, inline);
  }

  #offsetOf(nid: number): number {
    return this.#superblock.metaBlock * BLOCK_BYTES + nid * SLOT_BYTES;
  }

  #read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    for (let at = 0; at < length;) {
      const count = this.#file.readSync(bytes.subarray(at));
      if (count === null) throw new RangeError("Cannot read EROFS: it is cut off");
      at += count;
    }
    return bytes;
  }
}

const typeNames = Object.entries(FileType) as [Inode["type"], number][];
