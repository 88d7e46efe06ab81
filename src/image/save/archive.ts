/**
 * Writes images into one archive, layers streamed from their EROFS files: memory stays flat however large they are.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { ErofsReader } from "../../erofs/reader.ts";
import { digestOf } from "../model/digest.ts";
import type { Digest, Image } from "../model/image.ts";
import { ownFile, padding, TAR_END } from "../tar/tar_writer.ts";
import {
  type Blob,
  blobPath,
  configDocument,
  dockerDocument,
  indexDocument,
  manifestDocument,
  type SavedImage,
} from "./documents.ts";
import { layerOf } from "./layer.ts";

/** `docker`: what docker load reads, and every reader of OCI layouts too. `oci`: an OCI layout alone. */
export type ArchiveForm = "docker" | "oci";

/** An image, and the names it is saved under. */
export interface ImageToSave {
  readonly image: Pick<Image, "disk" | "config" | "created">;
  /** Normalised references. */
  readonly references: readonly string[];
}

const encoder = new TextEncoder();

/**
 * Writes the archive. A layer is read twice, because its digest stands in front of it: an EROFS file read from the
 * page cache costs less than a copy on disk.
 *
 * @param write takes the next bytes
 * @throws {LayerError} when an image has a file that no archive can have
 */
export async function writeArchive(
  images: readonly ImageToSave[],
  form: ArchiveForm,
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const documents = new Map<Digest, Uint8Array<ArrayBuffer>>();
  const layers = new Map<Digest, { readonly size: number; readonly disk: string }>();
  const saved = images.map(({ image, references }): SavedImage => {
    const layer = measure(image.disk);
    layers.set(layer.digest, { size: layer.size, disk: image.disk });
    const keep = (text: string): Blob => {
      const bytes = encoder.encode(text);
      const digest = digestOf(bytes);
      documents.set(digest, bytes);
      return { digest, size: bytes.length };
    };
    const config = keep(configDocument(image, layer.digest));
    return { references, config, layer, manifest: keep(manifestDocument(config, layer)) };
  });
  const file = async (name: string, text: string | Uint8Array<ArrayBuffer>): Promise<void> => {
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    for (const part of [ownFile(name, bytes.length), bytes, padding(bytes.length)]) await write(part);
  };
  await file("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await file("index.json", indexDocument(saved));
  if (form === "docker") await file("manifest.json", dockerDocument(saved));
  for (const [digest, bytes] of documents) await file(blobPath(digest), bytes);
  for (const [digest, { size, disk }] of layers) {
    await write(ownFile(blobPath(digest), size));
    using reader = ErofsReader.open(disk);
    for (const piece of layerOf(reader)) await write(piece);
    await write(padding(size));
  }
  await write(TAR_END);
}

/** Digest and size of an image's layer. */
function measure(disk: string): Blob {
  using reader = ErofsReader.open(disk);
  const hash = createHash("sha256");
  let size = 0;
  for (const piece of layerOf(reader)) {
    hash.update(piece);
    size += piece.length;
  }
  return { digest: `sha256:${hash.digest("hex")}`, size };
}
