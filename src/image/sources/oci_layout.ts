/**
 * OCI image layouts (image-spec image-layout.md), in a folder or a tar.
 *
 * @module
 */
import type { Candidate } from "../model/candidate.ts";
import { MAX_CONFIG_BYTES, parseConfig, type ParsedConfig } from "../model/config.ts";
import { findManifest, type FoundManifest } from "../model/find_manifest.ts";
import { hexOf, Verifier, verifyBlob } from "../model/digest.ts";
import type { Digest } from "../model/image.ts";
import { LayerError } from "../model/layer_error.ts";
import {
  type Descriptor,
  type IndexEntry,
  type Manifest,
  MAX_MANIFEST_BYTES,
  parseManifest,
  whyNot,
} from "../model/manifest.ts";
import { NotForHostError } from "../model/not_for_host.ts";
import { pairLayers } from "../model/pair_layers.ts";
import type { BlobTree } from "./blob_tree.ts";
import { type About, type PassedOver, referencesFor, reportPassedOver } from "./names.ts";

/** annotations.md; containerd and Docker put the whole name under one of their own. */
const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";

/** An image and all that the index calls it. */
interface Found extends FoundManifest<ParsedConfig> {
  readonly names: string[];
}

/**
 * The images of a layout that can run here.
 *
 * @throws {SmolvmError | LayerError}
 */
export async function ociCandidates(tree: BlobTree, about: About): Promise<Candidate[]> {
  const document = parseManifest(await tree.read("index.json", MAX_MANIFEST_BYTES));
  if (document.kind !== "index") throw new LayerError("index.json is no index");
  const found = new Map<Digest, Found>();
  const passedOver: PassedOver[] = document.unreadable.map((what) => ({ name: "index.json", found: [what] }));
  for (const entry of document.entries) {
    const name = nameOf(entry);
    try {
      const { digest, ...rest } = await findIn(entry, tree, about);
      const image = found.get(digest) ?? { ...rest, digest, names: [] };
      if (name !== undefined) image.names.push(name);
      found.set(digest, image);
    } catch (error) {
      if (!(error instanceof NotForHostError)) throw error;
      passedOver.push({ name: name ?? entry.digest, found: error.found });
    }
  }
  reportPassedOver(passedOver, found.size, about);
  return [...found.values()].map((image) => candidateOf(image, tree, about, found.size));
}

function nameOf({ annotations }: IndexEntry): string | undefined {
  const name = annotations?.[CONTAINERD_NAME] ?? annotations?.[REF_NAME];
  return typeof name === "string" ? name : undefined;
}

async function findIn(
  entry: IndexEntry,
  tree: BlobTree,
  { machine }: About,
): Promise<FoundManifest<ParsedConfig>> {
  const unusable = whyNot(entry, machine);
  if (unusable) throw new NotForHostError([unusable], machine);
  const fetch = async (inner: IndexEntry) => ({
    bytes: await readBlob(tree, inner, MAX_MANIFEST_BYTES),
    digest: inner.digest,
    mediaType: inner.mediaType,
  });
  const accept = async ({ config }: Manifest) =>
    parseConfig(await readBlob(tree, config, MAX_CONFIG_BYTES), machine);
  return await findManifest(await fetch(entry), { machine, fetch, accept });
}

function candidateOf(image: Found, tree: BlobTree, about: About, images: number): Candidate {
  const { manifest, digest, accepted: { config, created, diffIds } } = image;
  // Asked now: an image that is in the store already is not unpacked, and the layout is to be whole all the same.
  for (const layer of manifest.layers) Verifier.judgeLength(layer, tree.size(pathOf(layer)), true);
  return {
    id: manifest.config.digest,
    manifestDigest: digest,
    references: referencesFor(image.names, about, images),
    config,
    ...(created !== undefined && { created }),
    source: "archive",
    origin: about.origin,
    layers: pairLayers(manifest.layers, diffIds, (layer) => ({
      name: layer.digest,
      blob: { digest: layer.digest, size: layer.size },
      open: () => Promise.resolve(tree.open(pathOf(layer))),
    })),
  };
}

async function readBlob(tree: BlobTree, blob: Descriptor, limit: number): Promise<Uint8Array> {
  const bytes = await tree.read(pathOf(blob), limit);
  verifyBlob(bytes, blob, pathOf(blob));
  return bytes;
}

function pathOf(blob: Descriptor): string {
  return `blobs/sha256/${hexOf(blob.digest)}`;
}
