/**
 * Writes headers of tar archives: POSIX ustar with pax records for what does not fit (IEEE Std 1003.1, pax). Pure.
 *
 * @module
 */
import { byteString, byteStringToBytes, type InodeMetadata } from "../../erofs/tree.ts";
import type { TarEntryType } from "./tar_entry.ts";
import { TAR_BLOCK } from "./tar_header.ts";

/** One file of an archive; names are byte strings. */
export interface WrittenEntry {
  readonly type: TarEntryType;
  /** Relative; a directory's ends with `/`. */
  readonly path: string;
  /** Of links. */
  readonly linkTarget?: string;
  readonly metadata: InodeMetadata;
  /** Bytes of content behind the header, of a file. */
  readonly size?: number;
  readonly major?: number;
  readonly minor?: number;
}

/** Two blocks of zeros end an archive. */
export const TAR_END: Uint8Array<ArrayBuffer> = new Uint8Array(2 * TAR_BLOCK);

const flags: Readonly<Record<TarEntryType, string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  character: "3",
  block: "4",
  directory: "5",
  fifo: "6",
};

/** The zeros behind so many bytes of content. */
export function padding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

/** Everything in front of an entry's content: pax records if it needs some, then its header. */
export function encodeEntry(entry: WrittenEntry): Uint8Array<ArrayBuffer> {
  const records = paxRecords(entry);
  const header = encodeHeader(entry, flags[entry.type], entry.size ?? 0);
  if (records === "") return header;
  const body = byteStringToBytes(records);
  const about = { ...entry, path: "pax", linkTarget: "", metadata: { ...entry.metadata, mode: 0o644 } };
  const parts = [encodeHeader(about, "x", body.length), body, padding(body.length), header];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Records by keyword, of what a header of ustar has no room for. */
function paxRecords({ path, linkTarget = "", metadata, size = 0 }: WrittenEntry): string {
  const records: [string, string][] = [];
  const { uid, gid, mtime, mtimeNanoseconds, xattrs } = metadata;
  if (path.length > 100) records.push(["path", path]);
  if (linkTarget.length > 100) records.push(["linkpath", linkTarget]);
  if (size > MAX_OCTAL_11) records.push(["size", String(size)]);
  if (uid > MAX_OCTAL_7) records.push(["uid", String(uid)]);
  if (gid > MAX_OCTAL_7) records.push(["gid", String(gid)]);
  if (mtimeNanoseconds !== 0 || mtime < 0 || mtime > MAX_OCTAL_11) records.push(["mtime", time(metadata)]);
  for (const [name, value] of [...xattrs].sort(([a], [b]) => a < b ? -1 : 1)) {
    records.push([`SCHILY.xattr.${name}`, String.fromCharCode(...value)]);
  }
  return records.map(([keyword, value]) => record(`${keyword}=${value}\n`)).join("");
}

/** Each record begins with its own length in decimal digits, which are counted with it. */
function record(text: string): string {
  for (let length = text.length + 2;; length++) {
    const whole = `${length} ${text}`;
    if (whole.length === length) return whole;
  }
}

/** Seconds with a fraction; nanoseconds count forward also before 1970. */
function time({ mtime, mtimeNanoseconds }: InodeMetadata): string {
  if (mtimeNanoseconds === 0) return String(mtime);
  if (mtime >= 0) return `${mtime}.${String(mtimeNanoseconds).padStart(9, "0")}`;
  return `-${-mtime - 1}.${String(1_000_000_000 - mtimeNanoseconds).padStart(9, "0")}`;
}

const MAX_OCTAL_7 = 0o7777777;
const MAX_OCTAL_11 = 0o77777777777;

function encodeHeader(entry: WrittenEntry, flag: string, size: number): Uint8Array<ArrayBuffer> {
  const { path, linkTarget = "", metadata, major = 0, minor = 0 } = entry;
  const block = new Uint8Array(TAR_BLOCK);
  const put = (text: string, at: number, most: number) =>
    block.set(byteStringToBytes(text.slice(0, most)), at);
  // A number that does not fit is 0 here: a pax record has it.
  const octal = (value: number, at: number, digits: number) => {
    const fits = value >= 0 && value < 8 ** digits;
    put((fits ? value : 0).toString(8).padStart(digits, "0") + "\0", at, digits + 1);
  };
  put(path, 0, 100);
  octal(metadata.mode, 100, 7);
  octal(metadata.uid, 108, 7);
  octal(metadata.gid, 116, 7);
  octal(size, 124, 11);
  octal(metadata.mtime, 136, 11);
  put(" ".repeat(8), 148, 8);
  put(flag, 156, 1);
  put(linkTarget, 157, 100);
  put("ustar\x0000", 257, 8);
  octal(major, 329, 7);
  octal(minor, 337, 7);
  octal(block.reduce((sum, byte) => sum + byte, 0), 148, 6);
  block[155] = 0x20;
  return block;
}

/** A file of the archive's own, such as a manifest. @param name ASCII */
export function ownFile(name: string, size: number): Uint8Array<ArrayBuffer> {
  const metadata = { mode: 0o644, uid: 0, gid: 0, mtime: 0, mtimeNanoseconds: 0, xattrs: new Map() };
  return encodeEntry({ type: "file", path: byteString(name), metadata, size });
}
