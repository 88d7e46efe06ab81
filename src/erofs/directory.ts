/**
 * Directory content: blocks of sorted entries, each block an array of struct erofs_dirent followed by the
 * names. Pure.
 *
 * @module
 */
import { BLOCK_BYTES } from "./format.ts";
import { bytesToByteString } from "./tree.ts";

/** sizeof(struct erofs_dirent): nid u64, nameoff u16, file_type u8, reserved u8. */
const DIRENT_BYTES = 12;

/** One name of a directory. */
export interface Entry {
  /** Byte string, at most 255 long. */
  readonly name: string;
  readonly type: number;
}

/** Which entries share a block, and how many bytes the content has. */
export interface DirectoryShape {
  /** Entries per block, in order. */
  readonly blocks: readonly (readonly Entry[])[];
  /** Bytes of the content: whole blocks, and what the last one needs. */
  readonly size: number;
}

/** Sorts entries as bytes and cuts them into blocks. `.` and `..` are among them. */
export function shapeDirectory(entries: readonly Entry[]): DirectoryShape {
  const sorted = entries.toSorted((a, b) => a.name < b.name ? -1 : 1);
  const blocks: Entry[][] = [];
  let used = BLOCK_BYTES;
  for (const entry of sorted) {
    const bytes = DIRENT_BYTES + entry.name.length;
    if (used + bytes > BLOCK_BYTES) {
      blocks.push([]);
      used = 0;
    }
    blocks.at(-1)?.push(entry);
    used += bytes;
  }
  return { blocks, size: (blocks.length - 1) * BLOCK_BYTES + used };
}

/** Encodes one block; `nidOf` tells where an entry's inode is. The result is as long as its entries need. */
export function encodeDirectoryBlock(
  entries: readonly Entry[],
  nidOf: (entry: Entry) => number,
): Uint8Array<ArrayBuffer> {
  const names = entries.length * DIRENT_BYTES;
  const bytes = new Uint8Array(entries.reduce((total, { name }) => total + name.length, names));
  const view = new DataView(bytes.buffer);
  let at = names;
  entries.forEach((entry, index) => {
    view.setBigUint64(index * DIRENT_BYTES, BigInt(nidOf(entry)), true); // nid
    view.setUint16(index * DIRENT_BYTES + 8, at, true); // nameoff
    view.setUint8(index * DIRENT_BYTES + 10, entry.type); // file_type
    for (let byte = 0; byte < entry.name.length; byte++) bytes[at++] = entry.name.charCodeAt(byte);
  });
  return bytes;
}

/**
 * Reads one block.
 *
 * @param bytes a whole block, or what is left of the content
 * @throws {RangeError} when offsets point outside
 */
export function decodeDirectoryBlock(bytes: Uint8Array): { readonly name: string; readonly nid: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names = bytes.byteLength < DIRENT_BYTES ? 0 : view.getUint16(8, true);
  const count = names / DIRENT_BYTES;
  if (!Number.isInteger(count) || count === 0 || names > bytes.byteLength) throw damaged();
  return Array.from({ length: count }, (_, index) => {
    const start = view.getUint16(index * DIRENT_BYTES + 8, true);
    const last = index === count - 1;
    const end = last ? bytes.byteLength : view.getUint16((index + 1) * DIRENT_BYTES + 8, true);
    // In a block that has room left, the last name ends with a NUL.
    const name = bytesToByteString(bytes.subarray(start, end)).replace(/\0[^]*$/, "");
    if (start < names || name === "" || name.includes("/")) throw damaged();
    return { name, nid: Number(view.getBigUint64(index * DIRENT_BYTES, true)) };
  });
}

function damaged(): RangeError {
  return new RangeError("Cannot read EROFS: a directory is damaged");
}
