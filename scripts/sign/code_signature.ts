/**
 * Reads the signature in a Mach-O and holds the file against it (xnu, osfmk/kern/cs_blobs.h), as macOS does when it
 * maps a page: on any machine, and to find out whether a signer did its work. Whose signature it is, is not judged.
 * Pure.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { loadCommands } from "../../src/payload/macho.ts";

const LC_CODE_SIGNATURE = 0x1d;
const CSMAGIC_EMBEDDED_SIGNATURE = 0xfade0cc0;
const CSMAGIC_CODEDIRECTORY = 0xfade0c02;
const CSMAGIC_EMBEDDED_ENTITLEMENTS = 0xfade7171;
const CSMAGIC_EMBEDDED_DER_ENTITLEMENTS = 0xfade7172;
/** Slots of special hashes: what each blob's number is, by its type in the index (CSSLOT_…). */
const SPECIAL_SLOTS = 7;
const CS_ADHOC = 0x2;
const CS_RUNTIME = 0x10000;
const hashes: Readonly<Record<number, string>> = { 1: "sha1", 2: "sha256" };

/** What a signature says. */
export interface CodeSignature {
  readonly identifier: string;
  /** Whether nobody vouches for it. */
  readonly adHoc: boolean;
  /** Whether the program runs under the hardened runtime. */
  readonly hardened: boolean;
  /** The property list; empty when there is none. */
  readonly entitlements: string;
  /** The same in DER, which macOS reads since version 12: whether it is there and names each. */
  readonly inDer: boolean;
}

/** A blob of the signature: a copy of what stands in the file. */
interface Blob {
  readonly slot: number;
  readonly magic: number;
  readonly bytes: Uint8Array;
}

/**
 * Verifies every page and every blob.
 *
 * @throws {TypeError} when there is no signature, or a byte that it covers was changed
 */
export function verifySignature(file: Uint8Array): CodeSignature {
  const command = loadCommands(file).find(({ type }) => type === LC_CODE_SIGNATURE);
  if (!command) throw new TypeError("Cannot verify the signature: there is none");
  const view = viewOf(file);
  const [offset, size] = [view.getUint32(command.at + 8, true), view.getUint32(command.at + 12, true)];
  const blobs = blobsOf(file.subarray(offset, offset + size));
  const directories = blobs.filter(({ magic }) => magic === CSMAGIC_CODEDIRECTORY);
  const signatures = directories.map(({ bytes }) => verifyDirectory(bytes, file, { offset, blobs }));
  const [first] = signatures;
  if (!first) throw new TypeError("Cannot verify the signature: it has no code directory");
  const entitlements = blobs.find(({ magic }) => magic === CSMAGIC_EMBEDDED_ENTITLEMENTS);
  const text = new TextDecoder().decode(entitlements?.bytes.subarray(8));
  const der = blobs.find(({ magic }) => magic === CSMAGIC_EMBEDDED_DER_ENTITLEMENTS)?.bytes;
  return { ...first, entitlements: text, inDer: der !== undefined && namesEach(der, text) };
}

/** DER has each key as it is, a UTF8String. */
function namesEach(der: Uint8Array, plist: string): boolean {
  const text = new TextDecoder("latin1").decode(der);
  return [...plist.matchAll(/<key>([^<]+)<\/key>/g)].every(([, key = ""]) => text.includes(key));
}

function blobsOf(signature: Uint8Array): Blob[] {
  const view = viewOf(signature);
  if (signature.length < 12 || view.getUint32(0) !== CSMAGIC_EMBEDDED_SIGNATURE) {
    throw new TypeError("Cannot verify the signature: it is damaged");
  }
  return Array.from({ length: view.getUint32(8) }, (_, index) => {
    const [slot, at] = [view.getUint32(12 + 8 * index), view.getUint32(16 + 8 * index)];
    return { slot, magic: view.getUint32(at), bytes: signature.subarray(at, at + view.getUint32(at + 4)) };
  });
}

/** `struct __CodeDirectory`: hashes of the special blobs stand before hashOffset, those of pages behind it. */
function verifyDirectory(
  directory: Uint8Array,
  file: Uint8Array,
  { offset, blobs }: { readonly offset: number; readonly blobs: readonly Blob[] },
): Omit<CodeSignature, "entitlements" | "inDer"> {
  const view = viewOf(directory);
  const [flags, hashOffset, identifierOffset] = [view.getUint32(12), view.getUint32(16), view.getUint32(20)];
  const [specials, count, limit] = [view.getUint32(24), view.getUint32(28), view.getUint32(32)];
  const [hashSize, kind, pageSize] = [view.getUint8(36), view.getUint8(37), 2 ** view.getUint8(39)];
  const algorithm = hashes[kind];
  if (algorithm === undefined) {
    throw new TypeError(`Cannot verify the signature: it has hashes of kind ${kind}`);
  }
  const fits = (wanted: number, bytes: Uint8Array): boolean => {
    const at = hashOffset + wanted * hashSize;
    const made = createHash(algorithm).update(bytes).digest().subarray(0, hashSize);
    return made.every((byte, index) => directory[at + index] === byte);
  };
  if (limit !== offset || count !== Math.ceil(limit / pageSize)) {
    throw new TypeError("Cannot verify the signature: it does not cover the whole file");
  }
  for (let page = 0; page < count; page++) {
    if (fits(page, file.subarray(page * pageSize, Math.min(limit, (page + 1) * pageSize)))) continue;
    throw new TypeError(`Cannot verify the signature: bytes from ${page * pageSize} on were changed`);
  }
  for (const { slot, bytes } of blobs.filter(({ slot }) => slot > 0 && slot <= SPECIAL_SLOTS)) {
    if (slot > specials || fits(-slot, bytes)) continue;
    throw new TypeError(`Cannot verify the signature: its part ${slot} was changed`);
  }
  const identifier = directory.subarray(identifierOffset, directory.indexOf(0, identifierOffset));
  return {
    identifier: new TextDecoder().decode(identifier),
    adHoc: (flags & CS_ADHOC) !== 0,
    hardened: (flags & CS_RUNTIME) !== 0,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
