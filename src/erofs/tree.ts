/**
 * The inode tree that an EROFS file is written from. Names are byte strings: one JavaScript character per
 * byte (Latin-1), so that any name Linux allows is kept exactly, sorts as bytes do, and costs one byte.
 *
 * @module
 */

/** Permission bits, ownership, and times of an inode. */
export interface InodeMetadata {
  /** Permission bits with setuid, setgid and sticky: mode & 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the Unix epoch, may be negative. */
  readonly mtime: number;
  /** Nanoseconds within that second, 0 to 999,999,999. */
  readonly mtimeNanoseconds: number;
  /** Extended attributes: full name as a byte string (`security.capability`) to value. */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
}

/** A directory. */
export interface DirectoryInode {
  readonly type: "directory";
  metadata: InodeMetadata;
  /** Child by name (a byte string without `/`, not `.` or `..`). */
  readonly entries: Map<string, Inode>;
}

/** A regular file; two names of the same object are hard links. */
export interface FileInode {
  readonly type: "file";
  metadata: InodeMetadata;
  /** Bytes of content. */
  readonly size: number;
  /** Where the content lies in the file being written, as the writer returned it. */
  readonly data: FileData;
}

/** Where a regular file's content is: in whole blocks of the data area, or small enough to stay in memory. */
export type FileData =
  | { readonly at: "blocks"; readonly startBlock: number }
  | { readonly at: "memory"; readonly bytes: Uint8Array };

/** A symbolic link; the target is a byte string. */
export interface SymlinkInode {
  readonly type: "symlink";
  metadata: InodeMetadata;
  readonly target: string;
}

/** A device, fifo or socket. */
export interface SpecialInode {
  readonly type: "character" | "block" | "fifo" | "socket";
  metadata: InodeMetadata;
  /** Device numbers; 0 for a fifo or socket. */
  readonly major: number;
  readonly minor: number;
}

/** Any inode. Hard links are the same object under several names. */
export type Inode = DirectoryInode | FileInode | SymlinkInode | SpecialInode;

const encoder = new TextEncoder();

/** The byte string of a JavaScript string: its UTF-8 bytes, one character each. */
export function byteString(text: string): string {
  // deno-lint-ignore no-control-regex -- ASCII is its own byte string
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return bytesToByteString(encoder.encode(text));
}

/** The byte string of raw bytes. */
export function bytesToByteString(bytes: Uint8Array): string {
  return latin1.decode(bytes);
}

/** The bytes of a byte string. */
export function byteStringToBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** TextDecoder("latin1") means windows-1252 on the web; this one maps each byte to the same code point. */
const latin1 = {
  decode(bytes: Uint8Array): string {
    let text = "";
    for (let start = 0; start < bytes.length; start += 4096) {
      text += String.fromCharCode(...bytes.subarray(start, start + 4096));
    }
    return text;
  },
};
