/**
 * The folder of image disks: `HEX/disk.erofs` for each image, `HEX.building/` while one is made. A rename
 * makes a disk whole or absent, and locks tell work in progress from what a killed process left.
 *
 * @module
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { debug } from "../../log.ts";
import type { Digest } from "../model/image.ts";
import { hexOf } from "../model/digest.ts";
import { LockFolder } from "../../host/lock_folder.ts";
import { encodeRecord, type ImageRecord } from "./record_codec.ts";
import { DAMAGED, putRecordAside, readRecord, type SavedRecord, writeRecord } from "./record_file.ts";
import type { ImageRecords } from "./records.ts";

const DISK = "disk.erofs";
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
    return join(this.#folderOf(id), DISK);
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
    const target = this.#folderOf(record.facts.id);
    writeRecord(building, record);
    rmSync(target, { recursive: true, force: true });
    renameSync(building, target);
  }

  /** Removes an image's disk; the caller holds its lock exclusively. */
  remove(id: Digest): void {
    const doomed = this.#folderOf(id) + BUILDING;
    rmSync(doomed, { recursive: true, force: true });
    try {
      // A rename is one step: no process can open a folder of which half is deleted.
      renameSync(this.#folderOf(id), doomed);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
    rmSync(doomed, { recursive: true, force: true });
    this.locks.discard(hexOf(id));
  }

  /** The record beside an image's disk. */
  saved(id: Digest): SavedRecord {
    return readRecord(this.#folderOf(id), hexOf(id));
  }

  /**
   * Writes beside each disk what the table says of it by now, which is what a lost table is made again from. A
   * damaged record is put aside first; a failure to write is no failure of the command.
   */
  saveRecords(table: Pick<ImageRecords, "list">): void {
    for (const record of table.list()) {
      const { id, diskBytes } = record.facts;
      const saved = this.saved(id);
      if (saved.kind === "newer" || !this.holds(id, diskBytes)) continue;
      if (saved.kind === "read" && encodeRecord(saved.value) === encodeRecord(record)) continue;
      try {
        if (saved.kind === "damaged") putRecordAside(this.#folderOf(id));
        writeRecord(this.#folderOf(id), record);
      } catch (error) {
        debug("record not saved", { id, reason: (error as Error).message });
      }
    }
  }

  /** Renames an image's folder, so that a person can look at what is damaged in it; the caller holds its lock. */
  putAside(id: Digest): void {
    const aside = this.#folderOf(id) + DAMAGED;
    rmSync(aside, { recursive: true, force: true });
    renameSync(this.#folderOf(id), aside);
  }

  /** Deletes the folders that {@linkcode putAside} renamed. @returns bytes of their disks */
  removePutAside(): number {
    let bytes = 0;
    for (const name of readdirSync(this.#folder).filter((name) => name.endsWith(DAMAGED))) {
      const folder = join(this.#folder, name);
      bytes += statSync(join(folder, DISK), { throwIfNoEntry: false })?.size ?? 0;
      rmSync(folder, { recursive: true, force: true });
    }
    return bytes;
  }

  /** Hex names of all images' folders, of beginnings, and of locks. */
  names(): { readonly found: ReadonlySet<string>; readonly begun: ReadonlySet<string> } {
    const found = new Set(this.locks.names());
    const begun = new Set<string>();
    for (const name of readdirSync(this.#folder)) {
      const hex = hexName.exec(name)?.[1];
      if (hex === undefined) continue;
      found.add(hex);
      if (name.endsWith(BUILDING)) begun.add(hex);
    }
    return { found, begun };
  }

  #folderOf(id: Digest): string {
    return join(this.#folder, hexOf(id));
  }
}
