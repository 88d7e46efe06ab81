/**
 * A folder of image disks for tests of the store: two ids, records without content, and disks of four bytes.
 *
 * @module
 */
import { defaultConfig } from "../../src/image/model/config.ts";
import type { Digest } from "../../src/image/model/image.ts";
import { guestPlatform } from "../../src/image/model/platform.ts";
import { DiskFolder } from "../../src/image/store/disk_folder.ts";
import type { ImageRecord } from "../../src/image/store/record_codec.ts";
import "./open_libc.ts";

export const a: Digest = `sha256:${"a".repeat(64)}`;
export const b: Digest = `sha256:${"b".repeat(64)}`;

/** A record. @param stored a date */
export function recordOf(id: Digest, references: readonly string[] = [], stored = "2026-01-01"): ImageRecord {
  const config = defaultConfig(guestPlatform());
  return { facts: { id, diskBytes: 4, stored, source: "folder", config }, references };
}

/** Runs a test in a new folder, which is removed behind it. */
export async function inFolder(
  body: (disks: DiskFolder, folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(new DiskFolder(folder), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Puts a disk of four bytes into the folder. */
export function store(disks: DiskFolder, record: ImageRecord): void {
  const hex = record.facts.id.slice(7);
  Deno.writeTextFileSync(disks.begin(hex), "disk");
  disks.commit(hex, record);
}

/** Names of what is in a folder, sorted. */
export const names = (folder: string): string[] =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
