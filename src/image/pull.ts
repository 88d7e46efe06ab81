/**
 * From a reference to a candidate: reads manifest and configuration where the image is to be had, and has the
 * layers downloaded from there when they are opened.
 *
 * @module
 */
import { debug } from "../log.ts";
import type { Candidate, IntakeOptions } from "./model/candidate.ts";
import { MAX_CONFIG_BYTES, parseConfig } from "./model/config.ts";
import { verifyBlob } from "./model/digest.ts";
import { findManifest } from "./model/find_manifest.ts";
import { hostPlatform } from "./model/host_platform.ts";
import { ofImage } from "./model/of_image.ts";
import { pairLayers } from "./model/pair_layers.ts";
import { familiarReference, formatReference, type Reference } from "./model/reference.ts";
import { type OpenPlace, openPlace, type PlaceOptions } from "./open_place.ts";
import { BlobCache } from "./registry/blob_cache.ts";
import { LayerDownloads } from "./registry/layer_downloads.ts";

/** A candidate whose layers are still in the registry. */
export interface PulledCandidate extends AsyncDisposable {
  readonly candidate: Candidate;
  /** Deletes the downloads, when the image is in the store. */
  discard(): Promise<void>;
}

/** How an image is pulled. */
export interface PullingOptions extends IntakeOptions, PlaceOptions {
  /** Folder for downloads. */
  readonly cache: string;
}

/**
 * Finds an image in its registry, or in a mirror of it.
 *
 * @throws {SmolvmError} kind `registry` or `image`
 */
export async function pullCandidate(
  reference: Reference,
  options: PullingOptions,
): Promise<PulledCandidate> {
  try {
    options.onProgress?.({ step: "resolve", done: 0 });
    const served = await openPlace(reference, options);
    try {
      return await candidateOf(reference, served, options);
    } catch (error) {
      served[Symbol.dispose]();
      throw error;
    }
  } catch (error) {
    throw ofImage(error, familiarReference(reference));
  }
}

/** @param served what answered; it is the candidate's, unless this throws */
async function candidateOf(
  reference: Reference,
  served: OpenPlace,
  options: PullingOptions,
): Promise<PulledCandidate> {
  const { signal } = options;
  const { client } = served;
  const machine = hostPlatform();
  const { manifest, digest, accepted: parsed } = await findManifest(served.manifest, {
    machine,
    async fetch(entry) {
      const inner = await client.manifest({ digest: entry.digest, signal });
      verifyBlob(inner.bytes, entry, "the manifest");
      return inner;
    },
    async accept({ config }) {
      const what = "the image configuration";
      const limit = Math.min(MAX_CONFIG_BYTES, config.size);
      const bytes = await client.smallBlob(config, { limit, what, signal });
      verifyBlob(bytes, config, what);
      return parseConfig(bytes, machine);
    },
  });
  debug("image found", { name: familiarReference(reference), digest, layers: manifest.layers.length });
  const cache = new BlobCache(options.cache);
  cache.sweep();
  const downloads = new LayerDownloads(manifest.layers, {
    cache,
    open: (digest, options) => client.blob(digest, options),
    signal,
    onProgress: (done, total) => options.onProgress?.({ step: "download", done, total }),
  });
  return {
    candidate: {
      id: manifest.config.digest,
      manifestDigest: digest,
      references: [formatReference(reference)],
      config: parsed.config,
      ...(parsed.created !== undefined && { created: parsed.created }),
      source: "registry",
      origin: formatReference(reference),
      layers: pairLayers(manifest.layers, parsed.diffIds, ({ digest }) => ({
        name: digest,
        open: () => downloads.open(digest),
      })),
    },
    discard: () => downloads.discard(),
    async [Symbol.asyncDispose]() {
      await downloads[Symbol.asyncDispose]();
      served[Symbol.dispose]();
    },
  };
}
