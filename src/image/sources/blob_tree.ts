/**
 * Files by name, as a layout or an archive holds them: in a folder here, in a tar file elsewhere.
 *
 * @module
 */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fileStream } from "../../files/byte_stream.ts";
import { LayerError } from "../model/layer_error.ts";

/** Named files; dispose it to close what is open. */
export interface BlobTree extends AsyncDisposable {
  readonly kind: "folder" | "tar";
  /** Whether there is a file of that name. */
  has(name: string): boolean;
  /** Bytes of a file. @throws {LayerError} when it is not there */
  size(name: string): number;
  /** Opens a file. @throws {LayerError} when it is not there */
  open(name: string): ReadableStream<Uint8Array>;
  /** All of it as one tar; absent where it is none. */
  whole?(): ReadableStream<Uint8Array>;
  /** A small file. @param limit most bytes @throws {LayerError} when it is not there, or larger */
  read(name: string, limit: number): Promise<Uint8Array>;
}

/** The files below a folder; links that lead out of it lead nowhere. */
export function openFolder(root: string): BlobTree {
  const base = realpathSync(root);
  const find = (name: string): string | undefined => {
    try {
      const path = realpathSync(join(base, name));
      return path.startsWith(base + sep) && statSync(path).isFile() ? path : undefined;
    } catch {
      return undefined;
    }
  };
  const locate = (name: string): string => find(name) ?? missing(name);
  return {
    kind: "folder",
    has: (name) => find(name) !== undefined,
    size: (name) => statSync(locate(name)).size,
    open: (name) => fileStream(locate(name)),
    read(name, limit) {
      const path = locate(name);
      checkSize(name, statSync(path).size, limit);
      return Promise.resolve(readFileSync(path));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** @throws {LayerError} always */
export function missing(name: string): never {
  throw new LayerError(`it names ${JSON.stringify(name.slice(0, 120))}, which is not there`);
}

/** @throws {LayerError} when a file is larger than it may be */
export function checkSize(name: string, size: number, limit: number): void {
  if (size > limit) throw new LayerError(`${name} has ${size} bytes, at most ${limit} are taken`);
}
