/**
 * From what a name leads to, in a registry or a layout, to the manifest of the image for this host, by way
 * of an index where there is one. Leaves reading and verifying the bytes to the source.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import type { Digest } from "./image.ts";
import { type IndexEntry, type Manifest, parseManifest, selectPlatform } from "./manifest.ts";
import type { Platform } from "./platform.ts";

/** A manifest or index as it came, verified. */
export interface RawManifest {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** What came with it, a Content-Type or a descriptor's; absent where nothing did. */
  readonly mediaType?: string | undefined;
}

/** A manifest, and the digest of what the name leads to: its own, or that of the index it is in. */
export interface FoundManifest {
  readonly manifest: Manifest;
  readonly digest: Digest;
}

/**
 * Finds the manifest.
 *
 * @param raw what the name leads to
 * @param options `machine` whose programs the image must have; `fetch` reads an entry of an index
 * @throws {SmolvmError} kind `image` when there is none for the machine; what `fetch` throws
 */
export async function findManifest(
  raw: RawManifest,
  { machine, fetch }: { machine: Platform; fetch: (entry: IndexEntry) => Promise<RawManifest> },
): Promise<FoundManifest> {
  const document = parseManifest(raw.bytes, raw.mediaType);
  if (document.kind === "manifest") return { manifest: document.manifest, digest: raw.digest };
  const entry = selectPlatform(document.entries, machine);
  const inner = await fetch(entry);
  const innerDocument = parseManifest(inner.bytes, entry.mediaType ?? inner.mediaType);
  if (innerDocument.kind === "manifest") return { manifest: innerDocument.manifest, digest: raw.digest };
  throw new SmolvmError("image", {
    action: "read",
    subject: "the image index",
    reason: "its entry for this host is an index again, where a manifest belongs",
  });
}
