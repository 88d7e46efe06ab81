/**
 * Paths of an archive, and where they lead inside the tree: symbolic links on the way are followed as they
 * would be with the image as root, so none can lead out of it.
 *
 * @module
 */
import type { DirectoryInode, InodeMetadata } from "../../erofs/tree.ts";
import { LayerError, quoteName } from "../model/layer_error.ts";
import type { ImageLimits } from "../model/limits.ts";

/** A directory, and how one gets there: the names taken from the root on. */
export interface Spot {
  readonly directory: DirectoryInode;
  readonly ancestors: readonly { readonly directory: DirectoryInode; readonly name: string }[];
}

/** As many as Linux follows on one path (MAXSYMLINKS). */
const MAX_LINKS = 40;

/**
 * Splits a path as an archive has it, `.` and `..` resolved by their text.
 *
 * @param path a byte string
 * @throws {LayerError} when it leads above the root, or is too long
 */
export function splitPath(path: string, limits: Pick<ImageLimits, "pathBytes" | "nameBytes">): string[] {
  if (path.length > limits.pathBytes) throw new LayerError(`the path ${quoteName(path)} is too long`);
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (parts.pop() === undefined) {
        throw new LayerError(`the path ${quoteName(path)} leads out of the image`);
      }
    } else parts.push(part);
    if (part.length > limits.nameBytes) throw new LayerError(`a name in ${quoteName(path)} is too long`);
  }
  if (path.includes("\0")) throw new LayerError(`the path ${quoteName(path)} holds a NUL`);
  return parts;
}

/** Walks one tree. */
export class PathWalker {
  /** Metadata of a directory that no entry names: mode 0755, owner root, time 0. */
  static readonly unnamed: InodeMetadata = {
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtime: 0,
    mtimeNanoseconds: 0,
    xattrs: new Map(),
  };
  readonly #root: DirectoryInode;
  readonly #limits: ImageLimits;
  readonly #making: () => void;
  readonly #mayReplace: (directory: DirectoryInode, name: string) => boolean;

  /**
   * @param making called before a directory is made that no entry names; throws when there are too many
   * @param mayReplace whether a directory may take the place of what is none
   */
  constructor(
    root: DirectoryInode,
    limits: ImageLimits,
    making: () => void,
    mayReplace: (directory: DirectoryInode, name: string) => boolean,
  ) {
    this.#root = root;
    this.#limits = limits;
    this.#making = making;
    this.#mayReplace = mayReplace;
  }

  /**
   * The directory a path leads to.
   *
   * @param parts names from the root
   * @param mode `create` makes absent directories, `look` answers `undefined` for them
   * @throws {LayerError} when it leads through something else, in circles, or too deep
   */
  parentOf(parts: readonly string[], mode: "create"): Spot;
  parentOf(parts: readonly string[], mode: "create" | "look"): Spot | undefined;
  parentOf(parts: readonly string[], mode: "create" | "look"): Spot | undefined {
    const ancestors: { directory: DirectoryInode; name: string }[] = [];
    let directory = this.#root;
    // Names still to be taken, the next one last.
    const ahead = parts.toReversed();
    let links = 0;
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (name === "..") {
        directory = ancestors.pop()?.directory ?? this.#root;
        continue;
      }
      let next = directory.entries.get(name);
      if (next?.type === "symlink") {
        if (++links > MAX_LINKS) throw new LayerError(`the path ${show(parts)} leads in circles`);
        if (next.target.startsWith("/")) {
          ancestors.length = 0;
          directory = this.#root;
        }
        ahead.push(...next.target.split("/").filter((part) => part !== "" && part !== ".").reverse());
        continue;
      }
      if (!next || mode === "create" && next.type !== "directory" && this.#mayReplace(directory, name)) {
        if (mode === "look") return undefined;
        this.#making();
        next = { type: "directory", metadata: PathWalker.unnamed, entries: new Map() };
        directory.entries.set(name, next);
      }
      if (next.type !== "directory") {
        if (mode === "look") return undefined;
        throw new LayerError(`the path ${show(parts)} leads through what is no directory`);
      }
      ancestors.push({ directory, name });
      if (ancestors.length > this.#limits.depth) throw new LayerError(`the path ${show(parts)} is too deep`);
      directory = next;
    }
    return { directory, ancestors };
  }
}

function show(parts: readonly string[]): string {
  return quoteName(parts.join("/"));
}
