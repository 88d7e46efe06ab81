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
import { describeType } from "./media_types.ts";
import { NotForHostError, type Unusable } from "./not_for_host.ts";
import { guestPlatform, normalizePlatform, type Platform, runsOn } from "./platform.ts";

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

const mediaType = orAbsent(v.pipe(v.string(), v.maxLength(255)));
const descriptor = v.object({
  mediaType,
  digest: digestSchema,
  size: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_BLOB_BYTES)),
});
const word = v.nullish(v.string(), "");
const platform = v.object({ os: word, architecture: word, variant: orAbsent(v.string()) });
const manifest = v.object({
  schemaVersion: v.literal(2),
  mediaType,
  artifactType: mediaType,
  config: descriptor,
  layers: v.nullish(v.pipe(v.array(descriptor), v.maxLength(MAX_LAYERS)), []),
});
const index = v.object({
  schemaVersion: v.literal(2),
  mediaType,
  manifests: v.nullish(v.pipe(v.array(v.unknown()), v.maxLength(MAX_INDEX_ENTRIES)), []),
});
const indexEntry = v.object({
  ...descriptor.entries,
  platform: orAbsent(platform),
  annotations: orAbsent(v.record(v.string(), v.unknown())),
});

/** What Go programs write as `null` is absent. */
function orAbsent<T>(schema: v.GenericSchema<unknown, T>) {
  return v.optional(v.pipe(v.nullable(schema), v.transform((value): T | undefined => value ?? undefined)));
}

/** Where a blob is named: its media type, digest, and size in bytes (descriptor.md). */
export type Descriptor = v.InferOutput<typeof descriptor>;
/** One image: its configuration and its layers, lowest first. */
export type Manifest = v.InferOutput<typeof manifest>;
/** One entry of an index. */
export type IndexEntry = v.InferOutput<typeof indexEntry>;
/** The entries of an index, and why the others in it cannot be read. */
export interface Index {
  readonly kind: "index";
  readonly entries: readonly IndexEntry[];
  readonly unreadable: readonly Unusable[];
}
/** What a name can lead to. */
export type ManifestDocument = { readonly kind: "manifest"; readonly manifest: Manifest } | Index;

const kindOf = v.object({
  schemaVersion: v.optional(v.unknown()),
  mediaType,
  manifests: v.optional(v.unknown()),
  layers: v.optional(v.unknown()),
  config: v.optional(v.unknown()),
});

/**
 * Reads a manifest or an index.
 *
 * @param bytes at most {@linkcode MAX_MANIFEST_BYTES}, already verified
 * @param announced the media type that came with it (Content-Type or descriptor), if any
 * @throws {NotForHostError} when it is a document of another type
 * @throws {SmolvmError} kind `image` when it is neither, or an outdated schema
 */
export function parseManifest(bytes: Uint8Array, announced?: string): ManifestDocument {
  const { schemaVersion, mediaType: own, manifests, layers, config } = parseJson(
    bytes,
    kindOf,
    "the manifest",
  );
  if (schemaVersion === 1) {
    throw unreadable(
      "it is of Docker's outdated schema 1, which carries no digests to verify",
      "push the image again with a current tool",
    );
  }
  // image-spec: a document that looks like both kinds can be read two ways, and must be refused.
  if (manifests && (layers || config)) throw unreadable("it is a manifest and an index at once");
  const type = own ?? announced?.split(";")[0]?.trim();
  const known = type === undefined || MANIFEST_TYPES.includes(type) || INDEX_TYPES.includes(type);
  if (manifests === undefined && layers === undefined && !config) {
    if (known) throw unreadable("it has neither layers nor manifests");
    throw new NotForHostError([{ what: describeType(type, "what is") }], guestPlatform());
  }
  if (manifests || !(layers || config)) {
    return readIndex(parseJson(bytes, index, "the image index").manifests);
  }
  const read = parseJson(bytes, manifest, "the manifest");
  // As they come, layers are no larger than what they unpack to.
  const { unpackedBytes } = DEFAULT_LIMITS;
  if (read.layers.reduce((sum, { size }) => sum + size, 0) > unpackedBytes) {
    throw unreadable(`its layers have more than ${unpackedBytes} bytes`);
  }
  return { kind: "manifest", manifest: read };
}

/** One entry that cannot be read is no reason to refuse the others. */
function readIndex(manifests: readonly unknown[]): Index {
  const entries: IndexEntry[] = [];
  const unreadable: Unusable[] = [];
  for (const value of manifests) {
    const { success, output, issues } = v.safeParse(indexEntry, value, { abortEarly: true });
    if (success) entries.push(output);
    else {
      const why = `${v.getDotPath(issues[0]) ?? "it"}: ${issues[0].message}`.slice(0, 200);
      unreadable.push({ what: `an entry that cannot be read (${why})` });
    }
  }
  return { kind: "index", entries, unreadable };
}

/**
 * Judges the entries of an index by what the index says of them.
 *
 * @returns those that may be for the machine, the likeliest first: the machine's own platform without a higher
 *   level (Docker takes no other), then in the index's order, then those without a platform; and what the others are
 */
export function sortEntries(
  { entries, unreadable }: Index,
  machine: Platform,
): { usable: IndexEntry[]; unusable: Unusable[] } {
  const usable: IndexEntry[] = [];
  const unusable: Unusable[] = [];
  for (const entry of entries) {
    const reason = whyNot(entry, machine);
    if (reason) unusable.push(reason);
    else usable.push(entry);
  }
  const rank = ({ platform }: IndexEntry) => !platform ? 2 : normalizePlatform(platform).variant ? 1 : 0;
  usable.sort((one, other) => rank(one) - rank(other));
  // Provenance belongs to the image beside it, and is worth a word only where there is none.
  const others = [...unusable.filter((one) => one !== ATTESTATION), ...unreadable];
  return { usable, unusable: others.length > 0 || usable.length > 0 ? others : unusable };
}

/** Build tools put provenance beside images, under a platform that no machine has. */
const ATTESTATION: Unusable = { what: "an attestation" };

/** Why an entry of an index is nothing for a machine; `undefined` when it may be. */
export function whyNot(entry: IndexEntry, machine: Platform): Unusable | undefined {
  const { platform, mediaType, annotations } = entry;
  if (
    platform?.os === "unknown" || annotations?.["vnd.docker.reference.type"] === "attestation-manifest"
  ) return ATTESTATION;
  if (mediaType && !ACCEPTED_TYPES.includes(mediaType)) return { what: describeType(mediaType, "an entry") };
  return platform && !runsOn(platform, machine) ? { platform } : undefined;
}

function unreadable(reason: string, remedy?: string): SmolvmError {
  return new SmolvmError("image", {
    action: "read",
    subject: "the manifest",
    reason,
    ...(remedy && { remedy }),
  });
}
