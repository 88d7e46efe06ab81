/**
 * The folder of image disks: `HEX/disk.erofs` for each image, `HEX.building/` while one is made. A rename
 * makes a disk whole or absent, and locks tell work in progress from what a killed process left.
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { debug } from "../../log.ts";
import type { Digest } from "../model/image.ts";
import { hexOf } from "../model/digest.ts";
import { LockFolder } from "../../host/lock_folder.ts";
import type { ImageRecord, ImageRecords } from "./records.ts";

const DISK = "disk.erofs";
/** The record beside the disk, for the day the database is damaged. */
const RECORD = "image.json";
const BUILDING = ".building";
const hexName = /^([0-9a-f]{64})(?:\.building)?$/;

/** Disks by image id. */
export class DiskFolder {
  readonly #folder: string;
  /** By the hex digits of an id: exclusive to make or remove an image, shared to use it. */
  readonly locks: LockFolder;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.locks = new LockFolder(join(folder, "locks"));
  }

  /** Path of an image's disk, there or not. */
  path(id: Digest): string {
    return join(this.#folder, hexOf(id), DISK);
  }

  /** Whether the disk is there with the right number of bytes. */
  holds(id: Digest, bytes: number): boolean {
    const status = statSync(this.path(id), { throwIfNoEntry: false });
    return status?.isFile() === true && status.size === bytes;
  }

  /**
   * Begins a disk; the caller holds the lock of that name.
   *
   * @param hex the name: an id's hex digits, or as many random ones while the id is not known
   * @returns the path to write
   */
  begin(hex: string): string {
    const folder = join(this.#folder, hex + BUILDING);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    return join(folder, DISK);
  }

  /** Throws the beginning away. */
  abandon(hex: string): void {
    rmSync(join(this.#folder, hex + BUILDING), { recursive: true, force: true });
  }

  /** Makes the disk begun under a name the image's own, in one step; the caller holds the image's lock. */
  commit(hex: string, record: ImageRecord): void {
    const building = join(this.#folder, hex + BUILDING);
    const target = join(this.#folder, hexOf(record.facts.id));
    writeFileSync(join(building, RECORD), JSON.stringify(record), { mode: 0o600 });
    rmSync(target, { recursive: true, force: true });
    renameSync(building, target);
  }

  /** Removes an image's disk; the caller holds its lock exclusively. */
  remove(id: Digest): void {
    const doomed = join(this.#folder, hexOf(id) + BUILDING);
    rmSync(doomed, { recursive: true, force: true });
    try {
      // One step, so that nobody can meet a disk half deleted.
      renameSync(join(this.#folder, hexOf(id)), doomed);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
    rmSync(doomed, { recursive: true, force: true });
    this.locks.discard(hexOf(id));
  }

  /**
   * Puts in order what killed processes left behind: beginnings and locks of no image go; a whole disk that the
   * table does not know is one that it has lost, and is taken in again by the record beside it.
   *
   * @param table asked again under the lock
   */
  sweep(table: Pick<ImageRecords, "get" | "put">): void {
    const isKnown = (hex: string): boolean => table.get(`sha256:${hex}`) !== undefined;
    const found = new Set(this.locks.names());
    const begun = new Set<string>();
    for (const name of readdirSync(this.#folder)) {
      const hex = hexName.exec(name)?.[1];
      if (hex === undefined) continue;
      found.add(hex);
      if (name.endsWith(BUILDING)) begun.add(hex);
    }
    const doubtful = [...found].filter((hex) => begun.has(hex) || !isKnown(hex))
      .map((hex) => ({ hex, saved: this.#saved(hex) }))
      // A name that several claim belongs to the last that came.
      .sort((a, b) => (a.saved?.facts.stored ?? "").localeCompare(b.saved?.facts.stored ?? ""));
    for (const { hex, saved } of doubtful) {
      using lock = this.locks.tryAcquire(hex);
      if (!lock) continue;
      this.abandon(hex);
      if (isKnown(hex)) continue;
      if (saved && this.holds(saved.facts.id, saved.facts.diskBytes)) {
        table.put(saved.facts, saved.references);
      } else this.remove(`sha256:${hex}`);
    }
  }

  /**
   * Writes beside each disk which names it has by now. That serves the day the table is lost, so what cannot be
   * written fails nothing.
   */
  saveNames(table: Pick<ImageRecords, "list">): void {
    for (const record of table.list()) {
      const hex = hexOf(record.facts.id);
      const saved = this.#saved(hex);
      if (!saved || saved.references.toSorted().join() === record.references.toSorted().join()) continue;
      const path = join(this.#folder, hex, RECORD);
      try {
        writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
        renameSync(`${path}.new`, path);
      } catch (error) {
        debug("names not saved", { id: record.facts.id, reason: (error as Error).message });
      }
    }
  }

  /** The record beside a disk; `undefined` when there is none, or it is another's. */
  #saved(hex: string): ImageRecord | undefined {
    try {
      const record: ImageRecord = JSON.parse(readFileSync(join(this.#folder, hex, RECORD), "utf8"));
      return record.facts.id === `sha256:${hex}` ? record : undefined;
    } catch {
      return undefined;
    }
  }
}
