/**
 * From an archive or a folder on this host to candidates: tells what it is, and hands it to the source that
 * knows.
 *
 * @module
 */
import { basename, resolve } from "node:path";
import { stat } from "node:fs/promises";
import { SmolvmError } from "../error.ts";
import { isStandardInput } from "../files/standard_input.ts";
import type { Candidate, IntakeOptions } from "./model/candidate.ts";
import { LayerError } from "./model/layer_error.ts";
import { ofImage } from "./model/of_image.ts";
import type { Reference } from "./model/reference.ts";
import { hostPlatform } from "./model/host_platform.ts";
import { archiveKind } from "./sources/archive_kind.ts";
import { type BlobTree, openFolder } from "./sources/blob_tree.ts";
import { dockerCandidates } from "./sources/docker_archive.ts";
import { ociCandidates } from "./sources/oci_layout.ts";
import { rootFolderCandidate, rootTarCandidate } from "./sources/root_folder.ts";
import { openTarFile } from "./sources/tar_file.ts";

/** Candidates of one source, which stays open until they are in the store. */
export interface OpenedCandidates extends AsyncDisposable {
  readonly candidates: readonly Candidate[];
}

/** How a source is opened. */
export interface LoadOptions extends IntakeOptions {
  /** Names the image where the source does not. */
  readonly name?: Reference | undefined;
  /** Told of what is passed over, a line for each. */
  readonly warn?: ((text: string) => void) | undefined;
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
  const origin = isStandardInput(source) ? "stdin" : resolve(source);
  try {
    const tree = isStandardInput(source) ? await openTarFile("-", options) : await openPath(origin, options);
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
  const { name, warn } = options;
  const about = { origin, name, warn, fallbackName: fallbackName(origin), machine: hostPlatform() };
  const kind = await archiveKind(tree);
  if (kind === "docker") return await dockerCandidates(tree, about);
  if (kind === "oci") return await ociCandidates(tree, about);
  if (tree.kind === "folder") return [rootFolderCandidate(origin, name)];
  if (name && tree.whole) return [rootTarCandidate(origin, name, tree.whole)];
  throw noArchive(tree, origin);
}

function noArchive(tree: BlobTree, origin: string): SmolvmError {
  const files = ["manifest.json", "index.json"].filter((name) => tree.has(name));
  return new SmolvmError("image", {
    action: "load",
    subject: origin,
    reason: files.length === 0
      ? "it holds neither manifest.json nor index.json, so it is no image archive"
      : `it is no image archive: its ${files.join(" and ")} is no list of images`,
    remedy: "if it is a root file system, as docker export writes, give it a name with --name",
  });
}

/** The name of a source without its endings, where an image in it has a tag only; a pipe has none. */
function fallbackName(origin: string): string | undefined {
  if (origin === "stdin" || /^\/(?:dev|proc)\//.test(origin)) return undefined;
  return basename(origin).replace(/(?:\.(?:tar|tgz|gz|zst|oci))+$/, "").toLowerCase();
}
