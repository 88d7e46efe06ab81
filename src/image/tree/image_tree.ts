/**
 * The files of an image while its layers are laid over each other: OCI image-spec layer.md, and where that
 * is silent, what `umoci unpack` does. Nothing here touches the host's file system: a path leads through
 * this tree or nowhere.
 *
 * @module
 */
import { isKnownXattr } from "../../erofs/xattrs.ts";
import type { DirectoryInode, FileData, Inode, InodeMetadata } from "../../erofs/tree.ts";
import { LayerError, quoteName } from "../model/layer_error.ts";
import type { ImageLimits } from "../model/limits.ts";
import { PathWalker, splitPath, type Spot } from "./path_walk.ts";
import type { ContentSink } from "../tar/sparse.ts";
import type { TarEntry } from "../tar/tar_entry.ts";

/** Where contents are written to; ErofsWriter is one. */
export interface ContentStore {
  beginFile(size: number): { append(bytes: Uint8Array): void; skip(count: number): void; end(): FileData };
}

/** layer.md, "Whiteouts". */
const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
/** Beginning of the names under which AUFS kept files of its own in a layer; they are no files of the image. */
const AUFS = ".wh..wh.";

/** A device number has 12 bits for the driver and 20 for the device (include/linux/kdev_t.h). */
const MAX_MAJOR = 0xfff;
const MAX_MINOR = 0xf_ffff;

/** The tree under construction. */
export class ImageTree {
  readonly root: DirectoryInode;
  readonly #store: ContentStore;
  readonly #limits: ImageLimits;
  readonly #walker: PathWalker;
  /** Files that AUFS kept beside the image's own: a hard link may lead to one of them, and nothing else does. */
  #aufs: PathWalker;
  /** What the layer under way has put where: whiteouts in it remove only what lower layers brought. */
  #touched = new Map<DirectoryInode, Set<string>>();
  #entries = 0;
  #contentBytes = 0;
  #metadataBytes = 0;

  constructor(store: ContentStore, limits: ImageLimits) {
    this.#store = store;
    this.#limits = limits;
    this.root = newDirectory();
    this.#walker = this.#walkerFrom(this.root);
    this.#aufs = this.#walkerFrom(newDirectory());
  }

  /** Entries of all layers so far. */
  get entries(): number {
    return this.#entries;
  }

  /** A path through a lower layer's file hides it by a directory, as an overlay of the layers would. */
  #walkerFrom(root: DirectoryInode): PathWalker {
    const isLower = (directory: DirectoryInode, name: string) => !this.#touched.get(directory)?.has(name);
    return new PathWalker(root, this.#limits, () => this.#count(), isLower);
  }

  /** Where a path of these parts leads from. */
  #walkerOf(parts: readonly string[]): PathWalker {
    return parts.some((part) => part.startsWith(AUFS)) ? this.#aufs : this.#walker;
  }

  #count(): void {
    if (++this.#entries > this.#limits.entries) {
      throw new LayerError(`there are more than ${this.#limits.entries} entries and directories`);
    }
  }

  /** Begins the next layer. */
  beginLayer(): void {
    this.#touched = new Map();
    this.#aufs = this.#walkerFrom(newDirectory());
  }

  /**
   * Applies an entry.
   *
   * @returns where the content of a file goes; its name is there when the content ends
   * @throws {LayerError} when it cannot be applied
   */
  add(entry: TarEntry): ContentSink | undefined {
    this.#count();
    // A sparse file is larger than its bytes in the archive.
    if ((this.#contentBytes += entry.size) > this.#limits.unpackedBytes) {
      throw new LayerError(`its files have more than ${this.#limits.unpackedBytes} bytes`);
    }
    if ((this.#metadataBytes += metadataBytes(entry)) > this.#limits.metadataBytes) {
      throw new LayerError(`its names and attributes have more than ${this.#limits.metadataBytes} bytes`);
    }
    const parts = splitPath(entry.path, this.#limits);
    const name = parts.pop();
    if (name === undefined) return this.#setRoot(entry);
    if (name.startsWith(WHITEOUT)) {
      this.#whiteOut(parts, name);
      return undefined;
    }
    if (entry.type === "file") return this.#addFile(entry, parts, name);
    const spot = this.#walkerOf(parts).parentOf(parts, "create");
    if (entry.type === "directory") this.#addDirectory(spot, name, this.#metadata(entry));
    else if (entry.type === "hardlink") this.#addHardLink(entry, spot, name);
    else if (entry.type === "symlink") this.#place(spot, name, this.#symlink(entry));
    else if (entry.type === "character" && entry.major === 0 && entry.minor === 0) {
      // overlayfs takes 0:0 for a whiteout of its own, so in a VM the name would be absent anyway.
      this.#place(spot, name, undefined);
    } else {
      const { type, major, minor } = entry;
      if (major > MAX_MAJOR || minor > MAX_MINOR) {
        throw new LayerError(`the device ${quoteName(entry.path)} has a number that Linux does not have`);
      }
      this.#place(spot, name, { type, metadata: this.#metadata(entry), major, minor });
    }
    return undefined;
  }

  #setRoot(entry: TarEntry): undefined {
    if (entry.type !== "directory") {
      throw new LayerError(`the root, ${quoteName(entry.path)}, is not a directory`);
    }
    this.root.metadata = this.#metadata(entry);
  }

  #addFile(entry: TarEntry, parts: string[], name: string): ContentSink {
    const content = this.#store.beginFile(entry.size);
    return {
      append: (bytes) => content.append(bytes),
      skip: (count) => content.skip(count),
      end: () => {
        const data = content.end();
        const spot = this.#walkerOf(parts).parentOf(parts, "create");
        this.#place(spot, name, { type: "file", metadata: this.#metadata(entry), size: entry.size, data });
      },
    };
  }

  /** A directory over a directory changes its metadata and keeps what is in it. */
  #addDirectory(spot: Spot, name: string, metadata: InodeMetadata): void {
    const present = spot.directory.entries.get(name);
    if (present?.type === "directory") {
      present.metadata = metadata;
      this.#touch(spot, name);
    } else this.#place(spot, name, { ...newDirectory(), metadata });
  }

  #addHardLink(entry: TarEntry, spot: Spot, name: string): void {
    const parts = splitPath(entry.linkTarget, this.#limits);
    const last = parts.pop();
    const from = last === undefined ? undefined : this.#walkerOf(parts).parentOf(parts, "look");
    const target = last === undefined ? this.root : from?.directory.entries.get(last);
    const link = `the hard link ${quoteName(entry.path)}`;
    if (!target) throw new LayerError(`${link} leads to ${quoteName(entry.linkTarget)}, which is not there`);
    if (target.type === "directory") throw new LayerError(`${link} leads to a directory`);
    this.#place(spot, name, target);
  }

  #symlink(entry: TarEntry): Inode {
    const target = entry.linkTarget;
    if (target.length > this.#limits.pathBytes || target === "" || target.includes("\0")) {
      throw new LayerError(`the symbolic link ${quoteName(entry.path)} has no usable target`);
    }
    // Linux gives every symbolic link the mode 0777, whatever an archive says.
    return { type: "symlink", metadata: { ...this.#metadata(entry), mode: 0o777 }, target };
  }

  #place({ directory, ancestors }: Spot, name: string, inode: Inode | undefined): void {
    if (inode === undefined) directory.entries.delete(name);
    else directory.entries.set(name, inode);
    this.#touch({ directory, ancestors }, name);
  }

  /** Notes that this layer has put a name, and thereby the directories above it. */
  #touch({ directory, ancestors }: Spot, name: string): void {
    this.#touchedIn(directory).add(name);
    for (const { directory, name } of ancestors) this.#touchedIn(directory).add(name);
  }

  #touchedIn(directory: DirectoryInode): Set<string> {
    const names = this.#touched.get(directory) ?? new Set();
    this.#touched.set(directory, names);
    return names;
  }

  #whiteOut(parts: string[], name: string): void {
    const spot = this.#walker.parentOf(parts, "look");
    if (name === OPAQUE) {
      for (const child of [...spot?.directory.entries.keys() ?? []]) this.#purge(spot?.directory, child);
    } else if (!name.startsWith(AUFS)) {
      const hidden = name.slice(WHITEOUT.length);
      if (hidden === "" || hidden === "." || hidden === "..") {
        throw new LayerError(`the whiteout ${quoteName(name)} names nothing`);
      }
      this.#purge(spot?.directory, hidden);
    }
  }

  /** Removes what lower layers brought under a name, and leaves what this layer did. */
  #purge(directory: DirectoryInode | undefined, name: string): void {
    const child = directory?.entries.get(name);
    if (!directory || !child) return;
    if (!this.#touched.get(directory)?.has(name)) directory.entries.delete(name);
    else if (child.type === "directory") {
      for (const inner of [...child.entries.keys()]) this.#purge(child, inner);
    }
  }

  /** Attributes that Linux or overlayfs would not take for the image's own are left out. */
  #metadata(entry: TarEntry): InodeMetadata {
    const { metadata } = entry;
    if (metadata.xattrs.size === 0) return { ...metadata, xattrs: noXattrs };
    const xattrs = new Map(
      [...metadata.xattrs].filter(([name]) => isKnownXattr(name) && !name.startsWith("trusted.overlay.")),
    );
    const bytes = [...xattrs].reduce((sum, [name, value]) => sum + name.length + value.byteLength, 0);
    if (bytes > this.#limits.xattrBytes || [...xattrs.keys()].some((name) => name.length > 255)) {
      throw new LayerError(`the extended attributes of ${quoteName(entry.path)} are too long`);
    }
    return { ...metadata, xattrs };
  }
}

function metadataBytes({ path, linkTarget, metadata: { xattrs } }: TarEntry): number {
  let bytes = path.length + linkTarget.length;
  for (const [name, value] of xattrs) bytes += name.length + value.byteLength;
  return bytes;
}

const noXattrs: ReadonlyMap<string, Uint8Array> = new Map();

function newDirectory(): DirectoryInode {
  return { type: "directory", metadata: PathWalker.unnamed, entries: new Map() };
}
