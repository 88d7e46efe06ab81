/**
 * Takes a candidate into the store: its disk is made once, whole or not at all, however many ask at once.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { SmolvmError } from "../../error.ts";
import { fileDigest } from "../../files/file_digest.ts";
import { debug } from "../../log.ts";
import type { Candidate, IntakeOptions } from "../model/candidate.ts";
import { digestOf, hexOf } from "../model/digest.ts";
import type { DiskFolder } from "./disk_folder.ts";
import type { Digest, ImageConfig } from "../model/image.ts";
import type { ImageFacts } from "./record_codec.ts";
import type { ImageRecords } from "./records.ts";

/** Writes a candidate's disk. */
export type DiskBuilder = (candidate: Candidate, output: string, options: IntakeOptions) => Promise<void>;

/** Where images are kept. */
export interface Shelves {
  readonly records: ImageRecords;
  readonly disks: DiskFolder;
  readonly build: DiskBuilder;
}

/**
 * Takes a candidate in.
 *
 * @returns the id of the image
 * @throws {SmolvmError} as the source and the disk builder do; the store is then as it was
 */
export async function takeIn(
  shelves: Shelves,
  candidate: Candidate,
  options: IntakeOptions,
): Promise<Digest> {
  const { id } = candidate;
  if (id === undefined) return await takeInUnnamed(shelves, candidate, options);
  if (addToExisting(shelves, id, candidate)) return id;
  const onWait = () => options.onProgress?.({ step: "wait", done: 0 });
  using _lock = await shelves.disks.locks.acquire(hexOf(id), { signal: options.signal, onWait });
  // Another process may have done the work while this one waited.
  if (addToExisting(shelves, id, candidate)) return id;
  const disk = shelves.disks.begin(hexOf(id));
  try {
    await shelves.build(candidate, disk, options);
    keep(shelves, { hex: hexOf(id), id, disk }, candidate);
  } catch (error) {
    shelves.disks.abandon(hexOf(id));
    throw error;
  }
  return id;
}

/** A plain folder is named after what became of it: the same files give the same disk, and the same id. */
async function takeInUnnamed(
  shelves: Shelves,
  candidate: Candidate,
  options: IntakeOptions,
): Promise<Digest> {
  const hex = randomBytes(32).toString("hex");
  using _lock = await shelves.disks.locks.acquire(hex, { signal: options.signal });
  try {
    const disk = shelves.disks.begin(hex);
    await shelves.build(candidate, disk, options);
    const diskDigest: Digest = `sha256:${await fileDigest(disk)}`;
    const id = idOf(candidate.config, diskDigest);
    if (addToExisting(shelves, id, candidate)) return id;
    using _own = await shelves.disks.locks.acquire(hexOf(id), { signal: options.signal });
    if (!addToExisting(shelves, id, candidate)) {
      keep(shelves, { hex, id, disk }, { ...candidate, diskDigest });
    }
    return id;
  } finally {
    shelves.disks.abandon(hex);
    shelves.disks.locks.discard(hex);
  }
}

/** Gives an image that is there the candidate's names; false when it is not, or its disk is lost. */
function addToExisting({ records, disks }: Shelves, id: Digest, candidate: Candidate): boolean {
  const known = records.get(id);
  if (!known || !disks.holds(id, known.facts.diskBytes)) return false;
  return records.addReferences(id, candidate.references);
}

/** A finished disk: the name it was begun under, and whose it is. */
interface Built {
  readonly hex: string;
  readonly id: Digest;
  readonly disk: string;
}

function keep({ records, disks }: Shelves, { hex, id, disk }: Built, candidate: Candidate): void {
  const facts: ImageFacts = {
    id,
    ...(candidate.manifestDigest && { manifestDigest: candidate.manifestDigest }),
    diskBytes: statSync(disk).size,
    ...(candidate.created !== undefined && { created: candidate.created }),
    stored: new Date().toISOString(),
    source: candidate.source,
    origin: candidate.origin,
    config: candidate.config,
    ...(candidate.diskDigest && { diskDigest: candidate.diskDigest }),
  };
  try {
    disks.commit(hex, { facts, references: candidate.references });
    records.put(facts, candidate.references);
  } catch (cause) {
    throw new SmolvmError("state", {
      action: "store the image",
      subject: id,
      reason: (cause as Error).message,
      cause,
    });
  }
  debug("image stored", { id, bytes: facts.diskBytes });
}

/** Makes a disk by copying one that is made already. */
export function copiedDisk(path: string): DiskBuilder {
  return async (_candidate, output) => {
    await Deno.copyFile(path, output);
    // On the disk before anything says that it is there.
    using file = await Deno.open(output);
    await file.syncData();
  };
}

/** As if the disk were the only layer of an image with this configuration. */
function idOf(config: ImageConfig, diskDigest: Digest): Digest {
  return digestOf(new TextEncoder().encode(JSON.stringify({ config, diskDigest })));
}
