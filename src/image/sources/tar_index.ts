/**
 * Where the files of a tar archive lie, found by seeking from header to header. For archives of images,
 * whose few large members are layers; the layers themselves are read by layers/tar_reader.ts.
 *
 * @module
 */
import { bytesToByteString } from "../../erofs/tree.ts";
import { LayerError } from "../model/layer_error.ts";
import { DEFAULT_LIMITS } from "../model/limits.ts";
import { parsePax, paxNumber } from "../tar/pax.ts";
import { isZeroBlock, parseHeader, TAR_BLOCK } from "../tar/tar_header.ts";

/** Reads up to so many bytes at a position; fewer at the end. */
export type ReadAt = (position: number, length: number) => Promise<Uint8Array>;

/** Where a member's content is. */
export interface TarMember {
  readonly offset: number;
  readonly size: number;
}

/** Beyond so many, as a root file system may have, only names that archives of images have are kept. */
const MAX_MEMBERS = 100_000;
const ARCHIVE_NAME = /^(?:oci-layout|repositories|blobs\/.*|[^/]+\.(?:json|tar)|[^/]+\/layer\.tar)$/;
/** GNU's old sparse files: where a header says that a block of their map follows, and where such a block does. */
const SPARSE_MORE_IN_HEADER = 482;
const SPARSE_MORE_IN_BLOCK = 504;
const MAX_EXTENSION_BYTES = 1024 * 1024;
/** Old `docker save` replaces a layer it has written already by a link. */
const MAX_LINKS = 8;

/**
 * Indexes an archive: regular files by their cleaned names, links resolved.
 *
 * @throws {LayerError} when it is no archive, or cut off
 */
export async function indexTar(readAt: ReadAt, archiveBytes: number): Promise<Map<string, TarMember>> {
  const members = new Map<string, TarMember>();
  const links = new Map<string, string>();
  let pax: ReadonlyMap<string, string> = new Map();
  let longName: string | undefined;
  let longLink: string | undefined;
  for (let at = 0; at < archiveBytes;) {
    const block = await readAt(at, TAR_BLOCK);
    if (block.byteLength < TAR_BLOCK) throw new LayerError("it ends within a header");
    if (isZeroBlock(block)) break;
    const header = parseHeader(block);
    let offset = at + TAR_BLOCK;
    if (header.type === "S") {
      let more = block[SPARSE_MORE_IN_HEADER];
      for (; more; offset += TAR_BLOCK) more = (await readAt(offset, TAR_BLOCK))[SPARSE_MORE_IN_BLOCK];
    }
    const stated = pax.get("size");
    const size = stated === undefined ? header.size : paxNumber(stated, "size");
    if (size < 0 || offset + size > archiveBytes) throw new LayerError("it ends within a file");
    at = offset + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
    if (at > archiveBytes) throw new LayerError("it ends within the padding behind a file");
    if ("xLKg".includes(header.type)) {
      if (size > MAX_EXTENSION_BYTES) throw new LayerError("an extended header in it is too long");
      const bytes = await readAt(offset, size);
      if (header.type === "x") pax = parsePax(bytes).values;
      else if (header.type === "L") longName = bytesToByteString(bytes).replace(/\0.*$/s, "");
      else if (header.type === "K") longLink = bytesToByteString(bytes).replace(/\0.*$/s, "");
      continue;
    }
    const path = pax.get("path") || longName || header.path;
    const target = pax.get("linkpath") || longLink || header.linkTarget;
    if (path.length > DEFAULT_LIMITS.pathBytes) throw new LayerError("a name in it is too long");
    const name = clean(path);
    const full = members.size + links.size >= MAX_MEMBERS;
    if (!full || ARCHIVE_NAME.test(name)) {
      // The last entry of a name is the one that counts.
      members.delete(name);
      links.delete(name);
      if ("\u000007".includes(header.type)) members.set(name, { offset, size });
      else if (header.type === "1") links.set(name, clean(target));
      else if (header.type === "2") links.set(name, clean(`${name}/../${target}`));
    }
    if (members.size + links.size > 2 * MAX_MEMBERS) {
      throw new LayerError(`it has more than ${MAX_MEMBERS} files of an image archive`);
    }
    pax = new Map();
    longName = undefined;
    longLink = undefined;
  }
  for (const [name, target] of links) {
    const member = follow(target, links, members);
    if (member) members.set(name, member);
  }
  return members;
}

function follow(
  target: string,
  links: ReadonlyMap<string, string>,
  members: ReadonlyMap<string, TarMember>,
): TarMember | undefined {
  let name: string | undefined = target;
  for (let hops = 0; name !== undefined && hops < MAX_LINKS; hops++) {
    const member = members.get(name);
    if (member) return member;
    name = links.get(name);
  }
  return undefined;
}

/** A name without `.`, `..` and slashes at its ends; it is only ever compared. */
export function clean(name: string): string {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
