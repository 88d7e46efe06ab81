/**
 * The stored form of an image's record, as the table has it in a row and `image.json` beside a disk: JSON
 * with a version, one schema for each version, and an upgrade from each to the next. Pure.
 *
 * @module
 */
import * as v from "valibot";
import { SmolvmError } from "../../error.ts";
import { digestSchema } from "../model/digest_schema.ts";
import type { Image } from "../model/image.ts";

/** Version that this smolvm writes. A record without a version is of version 1. */
export const RECORD_VERSION = 2;

/** An image without what the table of references and the folder of disks say. */
export type ImageFacts = Omit<Image, "references" | "disk">;

/** Facts, and the references that name the image, sorted. */
export interface ImageRecord {
  readonly facts: ImageFacts;
  readonly references: readonly string[];
}

/** What a stored record turned out to be. */
export type Decoded<T> =
  | { readonly kind: "read"; readonly value: T }
  /** A newer smolvm wrote it: it is to be left as it is. */
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "damaged"; readonly reason: string };

const text = v.string();
const texts = v.array(text);

const factsOfVersion1 = v.object({
  id: digestSchema,
  manifestDigest: v.exactOptional(digestSchema),
  diskBytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  created: v.exactOptional(text),
  stored: text,
  source: v.picklist(["registry", "archive", "folder", "bundled"]),
  origin: v.exactOptional(text),
  config: v.object({
    architecture: text,
    os: text,
    env: texts,
    entrypoint: texts,
    command: texts,
    workingDirectory: text,
    user: text,
    volumes: texts,
    exposedPorts: texts,
    stopSignal: text,
    labels: v.record(text, text),
  }),
});

/** Version 2 has the digest of the disk, where it is known. */
const factsOfVersion2 = v.object({
  version: v.literal(2),
  ...factsOfVersion1.entries,
  diskDigest: v.exactOptional(digestSchema),
});

/** From each version to the next: what was valid there is valid here. */
const upgrades: Readonly<Record<number, (facts: object) => object>> = {
  // The digest of the disk is added when it is first needed.
  1: (facts) => ({ ...v.parse(factsOfVersion1, facts), version: 2 }),
};

const fileSchema = v.object({ facts: v.unknown(), references: texts });

/** Reads the facts of an image, of any version up to this one. */
export function decodeFacts(json: string): Decoded<ImageFacts> {
  return decoding(() => readFacts(JSON.parse(json)));
}

/** Facts in the form of {@linkcode RECORD_VERSION}. */
export function encodeFacts(facts: ImageFacts): string {
  return JSON.stringify(versioned(facts));
}

/** Reads `image.json`, whose version is that of the facts in it. */
export function decodeRecord(json: string): Decoded<ImageRecord> {
  return decoding(() => {
    const { facts, references } = v.parse(fileSchema, JSON.parse(json));
    const read = readFacts(facts);
    return read.kind === "read" ? { kind: "read", value: { facts: read.value, references } } : read;
  });
}

/** The text of `image.json`. */
export function encodeRecord({ facts, references }: ImageRecord): string {
  return JSON.stringify({ facts: versioned(facts), references });
}

/** What is said of an image whose record is of a version that is not known yet. */
export function newerRecord(subject: string, version: number): SmolvmError {
  return new SmolvmError("state", {
    action: "use the image",
    subject,
    reason: `a newer smolvm wrote its record (version ${version}, this one knows ${RECORD_VERSION})`,
    remedy: "use that version",
  });
}

function versioned(facts: ImageFacts): object {
  return { version: RECORD_VERSION, ...facts };
}

/** @throws {v.ValiError} when the value is no record of its version */
function readFacts(value: unknown): Decoded<ImageFacts> {
  const { version = 1 } = v.parse(v.object({ version: v.exactOptional(v.number()) }), value);
  if (version > RECORD_VERSION) return { kind: "newer", version };
  let facts = value as object;
  for (let at = version; at < RECORD_VERSION; at++) {
    const upgrade = upgrades[at];
    if (!upgrade) return { kind: "damaged", reason: `there is no version ${at}` };
    facts = upgrade(facts);
  }
  const { version: _, ...current } = v.parse(factsOfVersion2, facts);
  return { kind: "read", value: current };
}

function decoding<T>(read: () => Decoded<T>): Decoded<T> {
  try {
    return read();
  } catch (error) {
    return { kind: "damaged", reason: (error as Error).message };
  }
}
