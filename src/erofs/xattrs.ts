/**
 * Extended attributes of an inode as EROFS keeps them behind it. Pure.
 *
 * @module
 */
import { bytesToByteString } from "./tree.ts";

/** `e_name_index`: a prefix that is not written out (EROFS_XATTR_INDEX_*). */
const prefixes: readonly { readonly text: string; readonly index: number }[] = [
  { text: "system.posix_acl_access", index: 2 },
  { text: "system.posix_acl_default", index: 3 },
  { text: "user.", index: 1 },
  { text: "trusted.", index: 4 },
  { text: "security.", index: 6 },
];

/** sizeof(struct erofs_xattr_ibody_header): filter u32, h_shared_count u8, 7 reserved. */
const HEADER_BYTES = 12;

/** Most bytes of a body: `i_xattr_icount` is 16 bits of 4-byte units. */
const MAX_BODY_BYTES = HEADER_BYTES + 4 * (0xffff - 1);

/** Whether an attribute's name is one that Linux has: a prefix that EROFS knows with something after it, or an ACL. */
export function isKnownXattr(name: string): boolean {
  return prefixes.some(({ text }) =>
    text.endsWith(".") ? name.length > text.length && name.startsWith(text) : name === text
  );
}

/**
 * Encodes the body that follows an inode: struct erofs_xattr_ibody_header and entries of e_name_len u8,
 * e_name_index u8, e_value_size u16, name, value, padded to 4. Empty when there are none.
 *
 * @param xattrs full names as byte strings
 * @throws {RangeError} when a name or value is too long, or all together are
 */
export function encodeXattrs(xattrs: ReadonlyMap<string, Uint8Array>): Uint8Array {
  if (xattrs.size === 0) return empty;
  const entries = [...xattrs].sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) =>
    encodeEntry(name, value)
  );
  const length = entries.reduce((total, entry) => total + entry.length, HEADER_BYTES);
  if (length > MAX_BODY_BYTES) {
    throw new RangeError(`Cannot encode xattrs: ${length} bytes, at most ${MAX_BODY_BYTES}`);
  }
  const body = new Uint8Array(length);
  let at = HEADER_BYTES;
  for (const entry of entries) {
    body.set(entry, at);
    at += entry.length;
  }
  return body;
}

const empty = new Uint8Array(0);

function encodeEntry(name: string, value: Uint8Array): Uint8Array {
  const prefix = prefixes.find(({ text }) => name.startsWith(text));
  if (!prefix) throw new RangeError(`Cannot encode xattr ${JSON.stringify(name)}: its prefix is unknown`);
  const suffix = name.slice(prefix.text.length);
  if (suffix.length > 255) throw new RangeError(`Cannot encode xattr: a name of ${suffix.length} bytes`);
  if (value.length > 0xffff) {
    throw new RangeError(`Cannot encode xattr ${name}: a value of ${value.length} bytes`);
  }
  const entry = new Uint8Array(Math.ceil((4 + suffix.length + value.length) / 4) * 4);
  entry[0] = suffix.length;
  entry[1] = prefix.index;
  new DataView(entry.buffer).setUint16(2, value.length, true);
  for (let index = 0; index < suffix.length; index++) entry[4 + index] = suffix.charCodeAt(index);
  entry.set(value, 4 + suffix.length);
  return entry;
}

/**
 * Reads the body that {@linkcode encodeXattrs} wrote.
 *
 * @throws {RangeError} when it is damaged, or has attributes that inodes share
 */
export function decodeXattrs(body: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const xattrs = new Map<string, Uint8Array>();
  if (body.length > 0 && view.getUint8(4) !== 0) throw new RangeError("Cannot read EROFS: shared xattrs");
  for (let at = HEADER_BYTES; at < body.length;) {
    const nameEnd = at + 4 + view.getUint8(at);
    const end = nameEnd + view.getUint16(at + 2, true);
    const prefix = prefixes.find(({ index }) => index === body[at + 1]);
    if (!prefix || end > body.length) throw new RangeError("Cannot read EROFS: an xattr is damaged");
    xattrs.set(prefix.text + bytesToByteString(body.subarray(at + 4, nameEnd)), body.slice(nameEnd, end));
    at = Math.ceil(end / 4) * 4;
  }
  return xattrs;
}
