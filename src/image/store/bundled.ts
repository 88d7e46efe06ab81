/**
 * The image that the binary brings along: part of every store from the start, and never copied.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import type { Payload } from "../../payload/payload.ts";
import type { Digest, Image } from "../model/image.ts";

/** `alpine.json` as the build writes it; the payload's own digests vouch for it. */
interface BundledRecord {
  readonly id: Image["id"];
  readonly references: readonly string[];
  readonly diskDigest?: Digest;
  readonly created?: string;
  readonly origin?: string;
  readonly config: Image["config"];
}

/** What of {@linkcode Payload} this file uses. */
export type BundledParts = Pick<Payload, "path">;

/**
 * The bundled image.
 *
 * @throws {SmolvmError} kind `state` when the payload is absent or damaged
 */
export async function readBundled(parts: BundledParts): Promise<Image> {
  const [recordPath, disk] = await Promise.all([parts.path("alpine.json"), parts.path("alpine.erofs")]);
  const [text, status] = await Promise.all([readFile(recordPath, "utf8"), stat(disk)]);
  const record = JSON.parse(text) as BundledRecord;
  return {
    id: record.id,
    references: [...record.references].sort(),
    disk,
    diskBytes: status.size,
    ...(record.diskDigest !== undefined && { diskDigest: record.diskDigest }),
    ...(record.created !== undefined && { created: record.created }),
    stored: status.mtime.toISOString(),
    source: "bundled",
    origin: record.origin ?? "the smolvm binary",
    config: record.config,
  };
}
