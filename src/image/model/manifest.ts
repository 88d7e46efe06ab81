/**
 * Manifests and indexes: OCI image-spec manifest.md and image-index.md, and Docker's schema 2, which
 * differ in media types only. Reads them; fetching is the registry's or the archive's.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { parseJson } from "./bounded_json.ts";
import { digestSchema } from "./digest_schema.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { formatPlatform, type Platform, runsOn } from "./platform.ts";

/** Most bytes of a manifest or index; registries take no larger ones (distribution-spec, "Pushing Manifests"). */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Most layers of an image; a kernel's overlay would take 500, Docker builds at most 127. */
const MAX_LAYERS = 1000;
const MAX_INDEX_ENTRIES = 4096;
/** Most bytes of one blob. */
const MAX_BLOB_BYTES = 256 * 2 ** 30;

const INDEX_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const MANIFEST_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
/** What a registry is asked for, best first. */
export const ACCEPTED_TYPES: readonly string[] = [...MANIFEST_TYPES, ...INDEX_TYPES];

const mediaType = v.pipe(v.string(), v.maxLength(255));
const annotations = v.record(v.string(), v.string());
const descriptor = v.object({
  mediaType: v.optional(mediaType),
  digest: digestSchema,
  size: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_BLOB_BYTES)),
});
const platform = v.object({ os: v.string(), architecture: v.string(), variant: v.optional(v.string()) });
const manifest = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(mediaType),
  config: descriptor,
  layers: v.pipe(v.array(descriptor), v.maxLength(MAX_LAYERS)),
});
const index = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(mediaType),
  manifests: v.pipe(
    v.array(v.object({
      ...descriptor.entries,
      platform: v.optional(platform),
      annotations: v.optional(annotations),
    })),
    v.maxLength(MAX_INDEX_ENTRIES),
  ),
});

/** Where a blob is named: its media type, digest, and size in bytes (descriptor.md). */
export type Descriptor = v.InferOutput<typeof descriptor>;
/** One image: its configuration and its layers, lowest first. */
export type Manifest = v.InferOutput<typeof manifest>;
/** One entry of an index. */
export type IndexEntry = v.InferOutput<typeof index>["manifests"][number];
/** What a name can lead to. */
export type ManifestDocument =
  | { readonly kind: "manifest"; readonly manifest: Manifest }
  | { readonly kind: "index"; readonly entries: readonly IndexEntry[] };

const kindOf = v.object({
  schemaVersion: v.optional(v.number()),
  mediaType: v.optional(v.string()),
  manifests: v.optional(v.unknown()),
  layers: v.optional(v.unknown()),
});

/**
 * Reads a manifest or an index.
 *
 * @param bytes at most {@linkcode MAX_MANIFEST_BYTES}, already verified
 * @param announced the media type that came with it (Content-Type or descriptor), if any
 * @throws {SmolvmError} kind `image` when it is neither, or an outdated schema
 */
export function parseManifest(bytes: Uint8Array, announced?: string): ManifestDocument {
  const { schemaVersion, mediaType: own, manifests, layers } = parseJson(bytes, kindOf, "the manifest");
  if (schemaVersion === 1) {
    throw unreadable(
      "it is of Docker's outdated schema 1, which carries no digests to verify",
      "push the image again with a current tool",
    );
  }
  // image-spec: a document that looks like both kinds can be read two ways, and must be refused.
  if (manifests !== undefined && layers !== undefined) {
    throw unreadable("it is a manifest and an index at once");
  }
  const type = own ?? announced?.split(";")[0]?.trim();
  const known = type === undefined || MANIFEST_TYPES.includes(type) || INDEX_TYPES.includes(type);
  if (manifests === undefined && layers === undefined) {
    throw unreadable(known ? "it has neither layers nor manifests" : `its type ${type} is not an image's`);
  }
  if (manifests !== undefined) {
    return { kind: "index", entries: parseJson(bytes, index, "the image index").manifests };
  }
  const read = parseJson(bytes, manifest, "the manifest");
  // As they come, layers are no larger than what they unpack to.
  const { unpackedBytes } = DEFAULT_LIMITS;
  if (read.layers.reduce((sum, { size }) => sum + size, 0) > unpackedBytes) {
    throw unreadable(`its layers have more than ${unpackedBytes} bytes`);
  }
  return { kind: "manifest", manifest: read };
}

/**
 * Chooses the entry for a machine; the first that fits, as image-index.md says.
 *
 * @throws {SmolvmError} kind `image`, listing what there is
 */
export function selectPlatform(entries: readonly IndexEntry[], machine: Platform): IndexEntry {
  const images = entries.filter((entry) => !isAttestation(entry) && !isUnreadable(entry));
  const found = images.find((entry) => entry.platform !== undefined && runsOn(entry.platform, machine)) ??
    (images.length === 1 && images[0]?.platform === undefined ? images[0] : undefined);
  if (found) return found;
  const names = new Set(images.map((entry) => entry.platform ? formatPlatform(entry.platform) : "unnamed"));
  const shown = [...names].slice(0, 20).join(", ") || "nothing";
  throw new SmolvmError("image", {
    action: "use the image",
    reason: `it is for ${shown}, and this host runs ${formatPlatform(machine)}`,
  });
}

/** Build tools put provenance beside images, under a platform that no machine has. */
function isAttestation(entry: IndexEntry): boolean {
  return entry.platform?.os === "unknown" ||
    entry.annotations?.["vnd.docker.reference.type"] === "attestation-manifest";
}

function isUnreadable(entry: IndexEntry): boolean {
  return entry.mediaType !== undefined && !ACCEPTED_TYPES.includes(entry.mediaType);
}

function unreadable(reason: string, remedy?: string): SmolvmError {
  return new SmolvmError("image", {
    action: "read",
    subject: "the manifest",
    reason,
    ...(remedy && { remedy }),
  });
}
