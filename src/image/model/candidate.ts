/**
 * An image that was found in a registry, an archive or a folder, and is not in the store yet.
 *
 * @module
 */
import type { Digest, Image, ImageConfig } from "./image.ts";
import type { LayerSource } from "./layer_source.ts";

/** What the store needs to take an image in. */
export interface Candidate {
  /** Digest of the configuration; absent when only the finished disk can tell (plain folders). */
  readonly id?: Digest;
  readonly manifestDigest?: Digest;
  /** Normalised. */
  readonly references: readonly string[];
  readonly config: ImageConfig;
  readonly created?: string;
  readonly source: Image["source"];
  readonly origin: string;
  /** SHA-256 of the finished disk, where it is known without reading the disk once more. */
  readonly diskDigest?: Digest;
  /** Lowest first. */
  readonly layers: readonly LayerSource[];
}

/** How far the work is. */
export interface Progress {
  readonly step: "resolve" | "wait" | "download" | "read" | "unpack";
  /** Bytes done in this step. */
  readonly done: number;
  /** Bytes in all, where that is known. */
  readonly total?: number;
}

/** Options of everything that takes an image in. */
export interface IntakeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}
