/**
 * From a reference to a candidate: finds the image in its registry, reads manifest and configuration, and
 * has the layers downloaded when they are opened.
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
import { BlobCache } from "./registry/blob_cache.ts";
import { RegistryClient } from "./registry/client.ts";
import type { Environment } from "../host/environment.ts";
import { hostnameOf } from "./registry/endpoint.ts";
import { RegistryHttp } from "./registry/http.ts";
import { LayerDownloads } from "./registry/layer_downloads.ts";

/** A candidate whose layers are still in the registry. */
export interface PulledCandidate extends AsyncDisposable {
  readonly candidate: Candidate;
  /** Deletes the downloads, when the image is in the store. */
  discard(): Promise<void>;
}

/** How an image is pulled. */
export interface PullingOptions extends IntakeOptions {
  /** Folder for downloads. */
  readonly cache: string;
  readonly environment: Environment;
  /** Whether the registry may be spoken to by plain http. */
  readonly insecure?: boolean | undefined;
  /** Told what the user should know though the pull goes on. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * Finds an image in its registry.
 *
 * @throws {SmolvmError} kind `registry` or `image`
 */
export async function pullCandidate(
  reference: Reference,
  options: PullingOptions,
): Promise<PulledCandidate> {
  const { signal, environment, warn } = options;
  const http = new RegistryHttp({
    environment,
    plainHost: options.insecure ? hostnameOf(reference.registry) : undefined,
  });
  try {
    const client = new RegistryClient(reference, { http, environment, warn });
    options.onProgress?.({ step: "resolve", done: 0 });
    const machine = hostPlatform();
    const { manifest, digest, accepted: parsed } = await findManifest(await client.manifest({ signal }), {
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
        http[Symbol.dispose]();
      },
    };
  } catch (error) {
    http[Symbol.dispose]();
    throw ofImage(error, familiarReference(reference));
  }
}
