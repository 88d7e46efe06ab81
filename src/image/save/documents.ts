/**
 * What stands beside the layers of a saved image: its configuration and manifest, and the lists of an archive, as
 * docker save has written them since version 25: an OCI layout (image-spec image-layout.md) that also has Docker's
 * manifest.json. Pure.
 *
 * @module
 */
import type { Digest, Image } from "../model/image.ts";
import { familiarReference, parseReference } from "../model/reference.ts";

/** A blob, by its digest. */
export interface Blob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** An image whose layer and documents are known. */
export interface SavedImage {
  /** Normalised references under which it is loaded again. */
  readonly references: readonly string[];
  readonly config: Blob;
  readonly layer: Blob;
  readonly manifest: Blob;
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";

/** The configuration of a saved image (image-spec config.md). */
export function configDocument(
  { config, created }: Pick<Image, "config" | "created">,
  layer: Digest,
): string {
  const set = (words: readonly string[]) => Object.fromEntries(words.map((word) => [word, {}]));
  return JSON.stringify({
    ...(created !== undefined && { created }),
    architecture: config.architecture,
    os: config.os,
    config: {
      ...(config.user !== "" && { User: config.user }),
      ...(config.exposedPorts.length > 0 && { ExposedPorts: set(config.exposedPorts) }),
      Env: config.env,
      ...(config.entrypoint.length > 0 && { Entrypoint: config.entrypoint }),
      ...(config.command.length > 0 && { Cmd: config.command }),
      ...(config.volumes.length > 0 && { Volumes: set(config.volumes) }),
      ...(config.workingDirectory !== "" && { WorkingDir: config.workingDirectory }),
      ...(Object.keys(config.labels).length > 0 && { Labels: config.labels }),
      ...(config.stopSignal !== "" && { StopSignal: config.stopSignal }),
    },
    rootfs: { type: "layers", diff_ids: [layer] },
    history: [{ ...(created !== undefined && { created }), created_by: "smolvm image save" }],
  });
}

/** The manifest (image-spec manifest.md). */
export function manifestDocument(config: Blob, layer: Blob): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, ...config },
    layers: [{ mediaType: LAYER, ...layer }],
  });
}

/** `index.json`: an entry for each name of each image, and one for an image without a name. */
export function indexDocument(images: readonly SavedImage[]): string {
  const manifests = images.flatMap(({ manifest, references }) => {
    const entry = { mediaType: MANIFEST, ...manifest };
    if (references.length === 0) return [entry];
    return references.map((reference) => ({
      ...entry,
      annotations: {
        "io.containerd.image.name": reference,
        "org.opencontainers.image.ref.name": parseReference(reference).tag ?? "latest",
      },
    }));
  });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests,
  });
}

/** Docker's `manifest.json`. */
export function dockerDocument(images: readonly SavedImage[]): string {
  return JSON.stringify(images.map(({ config, layer, references }) => ({
    Config: blobPath(config.digest),
    RepoTags: references.map((reference) => familiarReference(parseReference(reference))),
    Layers: [blobPath(layer.digest)],
  })));
}

/** Where a blob lies in an OCI layout. */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}
