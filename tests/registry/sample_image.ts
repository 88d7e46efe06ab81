/**
 * Small images for tests: OCI layouts made of files given as text, one layer per record.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { run } from "./registry.ts";

/** Content of a layer: path to text. */
export type LayerFiles = Readonly<Record<string, string | Uint8Array>>;

/** What {@linkcode writeLayout} made. */
export interface SampleImage {
  /** The OCI layout's folder. */
  readonly folder: string;
  /** Digest of the configuration. */
  readonly id: string;
  readonly manifestDigest: string;
  /** Digests of the compressed layers. */
  readonly layers: readonly string[];
}

/** How a layer is compressed, by the suffix of its media type. */
const COMPRESSIONS: Readonly<Record<string, (tar: Uint8Array) => Uint8Array>> = {
  "+gzip": gzipSync,
  "+zstd": zstdCompressSync,
  "": (tar) => tar,
};

/** Writes an OCI layout with one image under the tag `latest`; a layer is files, or a tar as it stands. */
export async function writeLayout(
  folder: string,
  layers: readonly (LayerFiles | Uint8Array)[],
  options: {
    config?: Record<string, unknown>;
    architecture?: string;
    /** Of each layer in turn: `+gzip` (the default), `+zstd`, or nothing. */
    compression?: readonly ("+gzip" | "+zstd" | "")[];
  } = {},
): Promise<SampleImage> {
  await Deno.mkdir(join(folder, "blobs", "sha256"), { recursive: true });
  const blob = (bytes: Uint8Array) => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    Deno.writeFileSync(join(folder, "blobs", "sha256", digest.slice(7)), bytes);
    return { digest, size: bytes.byteLength };
  };
  const json = (value: unknown) => blob(new TextEncoder().encode(JSON.stringify(value)));
  const diffIds: string[] = [];
  const descriptors = [];
  for (const [at, files] of layers.entries()) {
    const tar = files instanceof Uint8Array ? files : await makeTar(files);
    diffIds.push(`sha256:${createHash("sha256").update(tar).digest("hex")}`);
    const suffix = options.compression?.[at] ?? "+gzip";
    const bytes = COMPRESSIONS[suffix]?.(tar) ?? tar;
    descriptors.push({ mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`, ...blob(bytes) });
  }
  const config = json({
    architecture: options.architecture ?? "amd64",
    os: "linux",
    config: options.config ?? { Cmd: ["/bin/sh"] },
    rootfs: { type: "layers", diff_ids: diffIds },
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = json({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: descriptors,
  });
  const index = {
    schemaVersion: 2,
    manifests: [{ mediaType, ...manifest, annotations: { "org.opencontainers.image.ref.name": "latest" } }],
  };
  await Deno.writeTextFile(join(folder, "index.json"), JSON.stringify(index));
  await Deno.writeTextFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return {
    folder,
    id: config.digest,
    manifestDigest: manifest.digest,
    layers: descriptors.map(({ digest }) => digest),
  };
}

/**
 * Writes an OCI layout whose tag `latest` is an index of the images of other layouts.
 *
 * @param images folder of a layout by its platform, in the index's order: `linux/arm64`
 */
export async function writeIndex(
  folder: string,
  images: readonly (readonly [platform: string, layout: string])[],
): Promise<void> {
  const blobs = join(folder, "blobs", "sha256");
  await Deno.mkdir(blobs, { recursive: true });
  const manifests: Record<string, unknown>[] = [];
  for (const [platform, layout] of images) {
    for (const { name } of Deno.readDirSync(join(layout, "blobs", "sha256"))) {
      await Deno.copyFile(join(layout, "blobs", "sha256", name), join(blobs, name));
    }
    const [entry] = JSON.parse(await Deno.readTextFile(join(layout, "index.json"))).manifests;
    const [os, architecture] = platform.split("/");
    manifests.push({ ...entry, annotations: {}, platform: { os, architecture } });
  }
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const hex = createHash("sha256").update(bytes).digest("hex");
  await Deno.writeFile(join(blobs, hex), bytes);
  const named = {
    mediaType,
    digest: `sha256:${hex}`,
    size: bytes.byteLength,
    annotations: { "org.opencontainers.image.ref.name": "latest" },
  };
  await Deno.writeTextFile(
    join(folder, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [named] }),
  );
  await Deno.writeTextFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

async function makeTar(files: LayerFiles): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.writeFile(
        join(folder, path),
        typeof content === "string" ? new TextEncoder().encode(content) : content,
        { mode: 0o755 },
      );
    }
    const tar = `${folder}.tar`;
    await run("tar", ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "-C", folder, "-cf", tar, "."]);
    const bytes = await Deno.readFile(tar);
    await Deno.remove(tar);
    return bytes;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
