/**
 * The files of an image as one layer: the tree of its EROFS file as a tar archive, in the order of names, so that
 * the same file makes the same bytes. Contents stream.
 *
 * @module
 */
import type { ErofsReader, ReadInode } from "../../erofs/reader.ts";
import { LayerError, quoteName } from "../model/layer_error.ts";
import { encodeEntry, padding, TAR_END, type WrittenEntry } from "../tar/tar_writer.ts";

/** Deepest folder; a file that names itself as its own folder has no end. */
const MAX_DEPTH = 4_096;

/** Files whose names begin so tell of other files in a layer (image-spec layer.md, Whiteouts). */
const WHITEOUT = ".wh.";

/**
 * Writes the layer, piece by piece. A file with several names is written under the first, and the others are hard
 * links to it. Sockets are left out, as Docker leaves them: an archive has no place for them.
 *
 * @throws {LayerError} for a file whose name would be read as a whiteout
 */
export function* layerOf(reader: ErofsReader): Generator<Uint8Array<ArrayBuffer>> {
  const names = new Map<number, string>();
  yield encodeEntry({ type: "directory", path: "./", metadata: reader.root().metadata });
  yield* folder(reader, reader.root(), "", names, 0);
  yield TAR_END;
}

function* folder(
  reader: ErofsReader,
  directory: ReadInode,
  path: string,
  names: Map<number, string>,
  depth: number,
): Generator<Uint8Array<ArrayBuffer>> {
  if (depth > MAX_DEPTH) throw new LayerError(`the folder ${quoteName(path.slice(0, 200))} is too deep`);
  for (const { name, nid } of reader.entries(directory)) {
    const whole = path + name;
    if (name.startsWith(WHITEOUT)) {
      throw new LayerError(`${quoteName(whole)} would be read as the absence of a file`);
    }
    const inode = reader.inode(nid);
    if (inode.type === "socket") continue;
    if (inode.type === "directory") {
      yield encodeEntry({ type: "directory", path: `${whole}/`, metadata: inode.metadata });
      yield* folder(reader, inode, `${whole}/`, names, depth + 1);
      continue;
    }
    const first = names.get(nid);
    if (first !== undefined) {
      yield encodeEntry({
        type: "hardlink",
        path: whole,
        linkTarget: first,
        metadata: { ...inode.metadata, xattrs: new Map() },
      });
      continue;
    }
    if (inode.nlink > 1) names.set(nid, whole);
    yield encodeEntry(entryOf(reader, inode, whole));
    if (inode.type !== "file") continue;
    yield* reader.content(inode);
    yield padding(inode.size);
  }
}

function entryOf(reader: ErofsReader, inode: ReadInode, path: string): WrittenEntry {
  const { metadata, major, minor, size } = inode;
  switch (inode.type) {
    case "file":
      return { type: "file", path, metadata, size };
    case "symlink":
      return { type: "symlink", path, metadata, linkTarget: reader.target(inode) };
    case "character":
    case "block":
      return { type: inode.type, path, metadata, major, minor };
    default:
      return { type: "fifo", path, metadata };
  }
}
