/**
 * Media types of what images are made of, a closed list, and of what lies beside images. Pure.
 *
 * @module
 */

/** The types in a manifest. */
interface ManifestTypes {
  readonly artifactType?: string | undefined;
  readonly config: { readonly mediaType?: string | undefined };
  readonly layers: readonly { readonly mediaType?: string | undefined }[];
}

/** Types of configurations; the last is what Docker 1.10 wrote. */
const CONFIG_TYPES: readonly string[] = [
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
  "application/octet-stream",
];

/** OCI image-spec layer.md and Docker's schema 2, foreign layers and containerd's zstd among them. */
const LAYER_TYPE = new RegExp(
  "^application/vnd\\.(?:" +
    "oci\\.image\\.layer\\.(?:nondistributable\\.)?v1\\.tar(?:\\+(?:gzip|zstd))?|" +
    "docker\\.image\\.rootfs\\.(?:foreign\\.)?diff\\.tar(?:[.+](?:gzip|zstd))?|" +
    "docker\\.container\\.image\\.rootfs\\.diff\\+x-gtar)$",
);

/** What a layer's type says of a manifest that is no image, though its configuration may look like one. */
const ARTIFACTS: readonly (readonly [type: RegExp, what: string])[] = [
  [/cosign\.simplesigning|notary|sigstore/, "a signature"],
  [/dsse\.envelope|in-toto/, "an attestation"],
  [/spdx|cyclonedx|syft/, "an SBOM"],
  [/helm\.chart/, "a Helm chart"],
  [/\+encrypted$/, "an encrypted image"],
];

/**
 * What a manifest is when it is no image; `undefined` for an image. How a layer is compressed is told by its first
 * bytes, as containerd does, not by its type.
 */
export function artifactOf({ artifactType, config, layers }: ManifestTypes): string | undefined {
  const odd = layers.map((layer) => layer.mediaType).find((type) => type && !LAYER_TYPE.test(plain(type)));
  if (odd) return describeType(odd, "what has a layer");
  if (config.mediaType && !CONFIG_TYPES.includes(plain(config.mediaType))) {
    return describeType(artifactType || config.mediaType, "what has a configuration");
  }
  return undefined;
}

/** A type in words. @param otherwise what has the type, where the type says no more */
export function describeType(type: string, otherwise: string): string {
  const shown = JSON.stringify(type.slice(0, 120));
  const known = ARTIFACTS.find(([pattern]) => pattern.test(type))?.[1];
  return known === undefined ? `${otherwise} of the type ${shown}` : `${known} (${shown})`;
}

function plain(type: string): string {
  return type.split(";")[0]?.trim().toLowerCase() ?? type;
}
