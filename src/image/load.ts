/**
 * From an archive or a folder on this host to candidates: tells what it is, and hands it to the source that
 * knows.
 *
 * @module
 */
import { basename, resolve } from "node:path";
import { stat } from "node:fs/promises";
import { SmolvmError } from "../error.ts";
import type { Candidate, IntakeOptions } from "./model/candidate.ts";
import { LayerError } from "./model/layer_error.ts";
import { ofImage } from "./model/of_image.ts";
import type { Reference } from "./model/reference.ts";
import { type BlobTree, openFolder } from "./sources/blob_tree.ts";
import { dockerCandidates } from "./sources/docker_archive.ts";
import { ociCandidates } from "./sources/oci_layout.ts";
import { rootFolderCandidate } from "./sources/root_folder.ts";
import { openTarFile } from "./sources/tar_file.ts";

/** Candidates of one source, which stays open until they are in the store. */
export interface OpenedCandidates extends AsyncDisposable {
  readonly candidates: readonly Candidate[];
}

/** How a source is opened. */
export interface LoadOptions extends IntakeOptions {
  /** Names the image where the source does not. */
  readonly name?: Reference | undefined;
  /** Folder for what has to be unpacked on the way. */
  readonly cache: string;
}

/**
 * Opens a source.
 *
 * @param source a path, or `-` for an archive on stdin
 * @throws {SmolvmError} kind `image`
 */
export async function openCandidates(source: string, options: LoadOptions): Promise<OpenedCandidates> {
  const origin = source === "-" ? "stdin" : resolve(source);
  try {
    const tree = source === "-" ? await openTarFile(source, options) : await openPath(origin, options);
    try {
      return {
        candidates: await read(tree, origin, options),
        [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose](),
      };
    } catch (error) {
      await tree[Symbol.asyncDispose]();
      throw error;
    }
  } catch (cause) {
    if (!(cause instanceof LayerError) || options.signal?.aborted) throw ofImage(cause, origin);
    throw new SmolvmError("image", { action: "load", subject: origin, reason: cause.message, cause });
  }
}

async function openPath(path: string, options: LoadOptions): Promise<BlobTree> {
  const folder = (await stat(path)).isDirectory();
  return folder ? openFolder(path) : await openTarFile(path, options);
}

async function read(tree: BlobTree, origin: string, options: LoadOptions): Promise<readonly Candidate[]> {
  const about = { origin, name: options.name, fallbackName: fallbackName(origin) };
  // Newer `docker save` writes both; its own list has the full names.
  if (tree.has("manifest.json")) return await dockerCandidates(tree, about);
  if (tree.has("index.json")) return await ociCandidates(tree, about);
  if (tree.kind === "folder") return [rootFolderCandidate(origin, options.name)];
  throw new LayerError("it holds neither manifest.json nor index.json, so it is no image archive");
}

/** The name of a source without its endings, where an image in it has a tag only. */
function fallbackName(origin: string): string | undefined {
  if (origin === "stdin") return undefined;
  return basename(origin).replace(/(?:\.(?:tar|tgz|gz|zst|oci))+$/, "").toLowerCase();
}
