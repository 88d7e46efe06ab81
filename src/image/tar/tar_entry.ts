/**
 * What an archive says of one file, all dialects of headers resolved. Pure.
 *
 * @module
 */
import type { InodeMetadata } from "../../erofs/tree.ts";
import { LayerError, quoteName } from "../model/layer_error.ts";
import { paxNumber, type PaxRecords, paxTime, paxXattrs } from "./pax.ts";
import {
  checkMap,
  type ContentSink,
  type DataSink,
  expandSparse,
  expandSparse1,
  pairUp,
  type Stretch,
} from "./sparse.ts";
import type { TarHeader } from "./tar_header.ts";

/** What a file is. */
export type TarEntryType = "file" | "hardlink" | "symlink" | "character" | "block" | "directory" | "fifo";

/** One file of an archive; names are byte strings. */
export interface TarEntry {
  readonly type: TarEntryType;
  readonly path: string;
  readonly linkTarget: string;
  readonly metadata: InodeMetadata;
  /** Bytes of the file's content. */
  readonly size: number;
  readonly major: number;
  readonly minor: number;
}

/** An entry, the bytes of data that follow it in the archive, and how they become the file's content. */
export interface ResolvedEntry {
  readonly entry: TarEntry;
  readonly dataBytes: number;
  expand(sink: ContentSink): DataSink;
}

/** Extended headers that came before a header. */
export interface Extensions {
  /** pax records, those of global headers included. */
  readonly pax: PaxRecords;
  /** GNU's long names. */
  readonly longPath?: string;
  readonly longLink?: string;
  /** Old GNU sparse map, from the header and its continuations. */
  readonly gnuSparse?: { readonly map: readonly Stretch[]; readonly realSize: number };
}

const TYPES: Readonly<Record<string, TarEntryType>> = {
  "0": "file",
  "\0": "file",
  "7": "file", // contiguous: a hint of old file systems
  "S": "file", // old GNU sparse
  "1": "hardlink",
  "2": "symlink",
  "3": "character",
  "4": "block",
  "5": "directory",
  "D": "directory", // GNU incremental: a directory with a list of names as data
  "6": "fifo",
};

/** chown(2) leaves an owner of this value as it is, which for a new file is root. */
const UNCHANGED_ID = 0xffff_ffff;

/**
 * Joins a header with its extensions.
 *
 * @returns `undefined` for what is no file: a volume label
 * @throws {LayerError} with the entry's name, for types that smolvm does not know, and values that cannot be
 */
export function resolveEntry(header: TarHeader, extensions: Extensions): ResolvedEntry | undefined {
  if (header.type === "V") return undefined;
  const { values } = extensions.pax;
  // An empty value of a record takes it back (pax, "keyword records").
  const path = values.get("GNU.sparse.name") || values.get("path") || extensions.longPath || header.path;
  try {
    return resolveNamed(header, extensions, path);
  } catch (cause) {
    if (!(cause instanceof LayerError)) throw cause;
    throw new LayerError(`${cause.message}, in the entry ${quoteName(path)}`, { cause });
  }
}

function resolveNamed(header: TarHeader, extensions: Extensions, path: string): ResolvedEntry {
  const { pax } = extensions;
  const known = TYPES[header.type];
  if (!known) throw new LayerError(`an entry is of the unknown type ${JSON.stringify(header.type)}`);
  const type = isFolder(header, path) ? "directory" : known;
  const stored = numberOf(pax, "size") ?? header.size;
  // Only these have data after them, whatever the size field says (as Go's archive/tar, which wrote most layers).
  const dataBytes = known === "file" || header.type === "D" ? stored : 0;
  if (dataBytes < 0) throw new LayerError("an entry's size is negative");
  const sparse = type === "file" ? sparseOf(extensions, dataBytes) : undefined;
  const size = type === "file" ? sparse?.realSize ?? dataBytes : 0;
  if (size < 0) throw new LayerError("an entry's size is negative");
  const entry: TarEntry = {
    type,
    path,
    linkTarget: pax.values.get("linkpath") || extensions.longLink || header.linkTarget,
    metadata: metadataOf(header, pax),
    size,
    major: header.major,
    minor: header.minor,
  };
  return { entry, dataBytes, expand: sparse?.expand ?? ((sink) => sink) };
}

/** The oldest archives mark a directory by its name alone, and some tools name the root so: `./`. */
function isFolder({ type, size }: TarHeader, path: string): boolean {
  return type === "\0" && path.endsWith("/") || type === "0" && size === 0 && /^[./]*\/$|^\.$/.test(path);
}

function metadataOf(header: TarHeader, pax: PaxRecords): InodeMetadata {
  const time = pax.values.get("mtime");
  const { seconds, nanoseconds } = time === undefined || time === ""
    ? { seconds: header.mtime, nanoseconds: 0 }
    : paxTime(time, "mtime");
  return {
    mode: header.mode,
    uid: idOf(numberOf(pax, "uid") ?? header.uid),
    gid: idOf(numberOf(pax, "gid") ?? header.gid),
    mtime: seconds,
    mtimeNanoseconds: nanoseconds,
    xattrs: paxXattrs(pax.values),
  };
}

interface Sparse {
  readonly realSize: number;
  expand(sink: ContentSink): DataSink;
}

function sparseOf(extensions: Extensions, dataBytes: number): Sparse | undefined {
  const { pax, gnuSparse } = extensions;
  if (gnuSparse) return withMap(gnuSparse.map, dataBytes, gnuSparse.realSize);
  const realSize = numberOf(pax, "GNU.sparse.realsize") ?? numberOf(pax, "GNU.sparse.size");
  if (realSize === undefined) return undefined;
  if (pax.values.get("GNU.sparse.major") === "1") {
    return { realSize, expand: (sink) => expandSparse1(sink, dataBytes, realSize) };
  }
  const list = pax.values.get("GNU.sparse.map")?.split(",").filter((word) => word !== "") ?? pax.sparseMap;
  return withMap(pairUp(list.map((word) => paxNumber(word, "sparse map"))), dataBytes, realSize);
}

function withMap(map: readonly Stretch[], dataBytes: number, realSize: number): Sparse {
  checkMap(map, dataBytes, realSize);
  return { realSize, expand: (sink) => expandSparse(sink, map, realSize) };
}

function numberOf(pax: PaxRecords, keyword: string): number | undefined {
  const value = pax.values.get(keyword);
  // An empty value takes back what a global header said.
  return value === undefined || value === "" ? undefined : paxNumber(value, keyword);
}

/** An owner as Docker's chown(2) has it: of 32 bits, negative ones counted from the end, and -1 is root. */
function idOf(id: number): number {
  if (id < -(2 ** 31) || id > UNCHANGED_ID) throw new LayerError(`an entry's owner ${id} is out of range`);
  return id >>> 0 === UNCHANGED_ID ? 0 : id >>> 0;
}
