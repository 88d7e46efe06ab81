/**
 * From a reference to a candidate: finds the image in its registry, reads manifest and configuration, and
 * has the layers downloaded when they are opened.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { debug } from "../log.ts";
import type { Candidate, IntakeOptions } from "./model/candidate.ts";
import { MAX_CONFIG_BYTES, parseConfig } from "./model/config.ts";
import type { Digest } from "./model/image.ts";
import type { LayerSource } from "./model/layer_source.ts";
import { type Manifest, parseManifest, selectPlatform } from "./model/manifest.ts";
import { ofImage } from "./model/of_image.ts";
import { guestPlatform } from "./model/platform.ts";
import { familiarReference, formatReference, type Reference } from "./model/reference.ts";
import { BlobCache } from "./registry/blob_cache.ts";
import { RegistryClient } from "./registry/client.ts";
import type { Environment } from "../host/environment.ts";
import { RegistryHttp } from "./registry/http.ts";
import { LayerDownloads } from "./registry/layer_downloads.ts";

/** A candidate whose layers are still in the registry. */
export interface PulledCandidate extends AsyncDisposable {
  readonly candidate: Candidate;
  /** Deletes the downloads, when the image is in the store. */
  discard(): Promise<void>;
}

/**
 * Finds an image in its registry.
 *
 * @param options `cache` is the folder for downloads
 * @throws {SmolvmError} kind `registry` or `image`
 */
export async function pullCandidate(
  reference: Reference,
  options: IntakeOptions & { cache: string; environment: Environment },
): Promise<PulledCandidate> {
  const { signal, environment } = options;
  const http = new RegistryHttp({ environment });
  try {
    const client = new RegistryClient(reference, { http, environment });
    options.onProgress?.({ step: "resolve", done: 0 });
    const { manifest, digest } = await findManifest(client, signal);
    const bytes = await client.smallBlob(manifest.config, {
      limit: Math.min(MAX_CONFIG_BYTES, manifest.config.size),
      what: "the image configuration",
      signal,
    });
    const parsed = parseConfig(bytes, guestPlatform());
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
        layers: pairLayers(manifest, parsed.diffIds, downloads),
      },
      discard: () => downloads.discard(),
      async [Symbol.asyncDispose]() {
        await downloads[Symbol.asyncDispose]();
        http[Symbol.dispose]();
      },
    };
  } catch (error) {
    http[Symbol.dispose]();
    throw ofImage(error, familiarReference(reference));
  }
}

/** What the name leads to, by way of an index where there is one. */
async function findManifest(
  client: RegistryClient,
  signal: AbortSignal | undefined,
): Promise<{ manifest: Manifest; digest: Digest }> {
  const raw = await client.manifest({ signal });
  const document = parseManifest(raw.bytes, raw.mediaType);
  if (document.kind === "manifest") return { manifest: document.manifest, digest: raw.digest };
  const chosen = selectPlatform(document.entries, guestPlatform());
  const inner = await client.manifest({ digest: chosen.digest, signal });
  const innerDocument = parseManifest(inner.bytes, chosen.mediaType ?? inner.mediaType);
  if (innerDocument.kind === "manifest") return { manifest: innerDocument.manifest, digest: raw.digest };
  throw new SmolvmError("image", {
    action: "read",
    subject: "the image index",
    reason: "it leads to another index",
  });
}

function pairLayers(
  manifest: Manifest,
  diffIds: readonly Digest[],
  downloads: LayerDownloads,
): LayerSource[] {
  if (diffIds.length !== manifest.layers.length) {
    throw new SmolvmError("image", {
      action: "read",
      subject: "the manifest",
      reason: `it has ${manifest.layers.length} layers, and its configuration names ${diffIds.length}`,
    });
  }
  return manifest.layers.map(({ digest }, at) => {
    const diffId = diffIds[at];
    return { name: digest, ...(diffId && { diffId }), open: () => downloads.open(digest) };
  });
}
