/**
 * Puts a root filesystem together in memory, its contents going to an EROFS writer as they come.
 *
 * @module
 */
import { byteString, type DirectoryInode, type Inode, type InodeMetadata } from "../../src/erofs/tree.ts";
import type { ErofsWriter } from "../../src/erofs/writer.ts";

/** A root being put together. */
export class RootTree {
  readonly root: DirectoryInode;
  readonly #writer: ErofsWriter;
  readonly #mtime: number;

  /** @param mtime of everything in it, seconds */
  constructor(writer: ErofsWriter, mtime: number) {
    this.#writer = writer;
    this.#mtime = mtime;
    this.root = { type: "directory", metadata: this.#metadata(0o755), entries: new Map() };
  }

  /** Adds a folder, and those above it; one that is there takes the mode and owner. */
  folder(path: string, mode = 0o755, uid = 0, gid = 0): DirectoryInode {
    let folder = this.root;
    for (const name of path.split("/").filter((one) => one !== "")) {
      const known = folder.entries.get(byteString(name));
      if (known && known.type !== "directory") {
        throw new Error(`Cannot add ${path}: ${name} is a ${known.type}`);
      }
      const next: DirectoryInode = known ??
        { type: "directory", metadata: this.#metadata(0o755), entries: new Map() };
      folder.entries.set(byteString(name), next);
      folder = next;
    }
    folder.metadata = this.#metadata(mode, uid, gid);
    return folder;
  }

  /** Whether the root has something at a path. */
  has(path: string): boolean {
    let inode: Inode | undefined = this.root;
    for (const name of path.split("/")) {
      inode = inode?.type === "directory" ? inode.entries.get(byteString(name)) : undefined;
    }
    return inode !== undefined;
  }

  file(path: string, content: Uint8Array | string, mode = 0o644, uid = 0, gid = 0): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const sink = this.#writer.beginFile(bytes.length);
    sink.append(bytes);
    const metadata = this.#metadata(mode, uid, gid);
    this.#set(path, { type: "file", metadata, size: bytes.length, data: sink.end() });
  }

  symlink(path: string, target: string): void {
    this.#set(path, { type: "symlink", metadata: this.#metadata(0o777), target: byteString(target) });
  }

  #set(path: string, inode: Inode): void {
    const at = path.lastIndexOf("/");
    const parent = this.#parent(path.slice(0, Math.max(at, 0)));
    parent.entries.set(byteString(path.slice(at + 1)), inode);
  }

  #parent(path: string): DirectoryInode {
    let folder = this.root;
    for (const name of path.split("/").filter((one) => one !== "")) {
      const next = folder.entries.get(byteString(name));
      if (next?.type === "directory") folder = next;
      else folder = this.folder(path);
    }
    return folder;
  }

  #metadata(mode: number, uid = 0, gid = 0): InodeMetadata {
    return { mode, uid, gid, mtime: this.#mtime, mtimeNanoseconds: 0, xattrs: new Map() };
  }
}
