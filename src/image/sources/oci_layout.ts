/**
 * OCI image layouts (image-spec image-layout.md), in a folder or a tar.
 *
 * @module
 */
import type { Candidate } from "../model/candidate.ts";
import { MAX_CONFIG_BYTES, parseConfig } from "../model/config.ts";
import { findManifest, type FoundManifest, type RawManifest } from "../model/find_manifest.ts";
import { hexOf, verifyBytes } from "../model/digest.ts";
import type { Digest } from "../model/image.ts";
import { LayerError } from "../model/layer_error.ts";
import {
  type Descriptor,
  type IndexEntry,
  MAX_MANIFEST_BYTES,
  parseManifest,
  selectPlatform,
} from "../model/manifest.ts";
import { pairLayers } from "../model/pair_layers.ts";
import { guestPlatform, runsOn } from "../model/platform.ts";
import type { BlobTree } from "./blob_tree.ts";
import { type About, referencesFor } from "./names.ts";

/** annotations.md; containerd and Docker put the whole name under one of their own. */
const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";

/** An image and all that the index calls it. */
interface Found extends FoundManifest {
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
  for (const entry of runnable(document.entries)) {
    const { manifest, digest } = await findManifest(await readManifest(tree, entry), {
      machine: guestPlatform(),
      fetch: (inner) => readManifest(tree, inner),
    });
    const name = entry.annotations?.[CONTAINERD_NAME] ?? entry.annotations?.[REF_NAME];
    const image = found.get(digest) ?? { manifest, digest, names: [] };
    if (name !== undefined) image.names.push(name);
    found.set(digest, image);
  }
  return await Promise.all([...found.values()].map((image) => candidateOf(image, tree, about, found.size)));
}

/** A layout may hold a multi-platform image without an index of its own: then only ours counts. */
function runnable(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  const machine = guestPlatform();
  const ours = entries.filter(({ platform }) => !platform || runsOn(platform, machine));
  return ours.length > 0 ? ours : [selectPlatform(entries, machine)];
}

async function readManifest(tree: BlobTree, entry: IndexEntry): Promise<RawManifest> {
  return { bytes: await readBlob(tree, entry, MAX_MANIFEST_BYTES), ...entry };
}

async function candidateOf(image: Found, tree: BlobTree, about: About, images: number): Promise<Candidate> {
  const { manifest, digest } = image;
  const bytes = await readBlob(tree, manifest.config, MAX_CONFIG_BYTES);
  const { config, created, diffIds } = parseConfig(bytes, guestPlatform());
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
  verifyBytes(bytes, blob.digest, pathOf(blob));
  return bytes;
}

function pathOf(blob: Descriptor): string {
  return `blobs/sha256/${hexOf(blob.digest)}`;
}
