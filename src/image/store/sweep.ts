/**
 * Puts the folder of disks in order when the store is opened: what killed processes left in it goes, and an
 * image that the table has lost is taken in again.
 *
 * @module
 */
import { debug } from "../../log.ts";
import type { DiskFolder } from "./disk_folder.ts";
import type { ImageRecords } from "./records.ts";

/**
 * Removes beginnings, and locks and disks of no image. A whole disk that the table does not know is one that
 * the table has lost: it is taken in by the record beside it, or put aside when that record is damaged.
 *
 * @param table asked again under each image's lock
 */
export function sweep(disks: DiskFolder, table: Pick<ImageRecords, "has" | "put" | "remove">): void {
  const { found, begun } = disks.names();
  const doubtful = [...found].filter((hex) => begun.has(hex) || !table.has(`sha256:${hex}`))
    .map((hex) => ({ hex, saved: disks.saved(`sha256:${hex}`) }))
    // A reference names the image that was stored last, so that one is taken in last.
    .sort((a, b) => storedAt(a.saved).localeCompare(storedAt(b.saved)));
  for (const { hex } of doubtful) {
    using lock = disks.locks.tryAcquire(hex);
    if (!lock) continue;
    disks.abandon(hex);
    if (!table.has(`sha256:${hex}`)) takeInAgain(hex, disks, table);
  }
}

function takeInAgain(hex: string, disks: DiskFolder, table: Pick<ImageRecords, "put" | "remove">): void {
  const id = `sha256:${hex}` as const;
  const saved = disks.saved(id);
  if (saved.kind === "newer") return debug("image of a newer smolvm is left alone", { id });
  if (saved.kind === "read" && disks.holds(id, saved.value.facts.diskBytes)) {
    return table.put(saved.value.facts, saved.value.references);
  }
  // A damaged row of an image that is gone would be of no use either.
  table.remove(id);
  if (saved.kind !== "damaged") return disks.remove(id);
  debug("image with a damaged record is put aside", { id, reason: saved.reason });
  disks.putAside(id);
  disks.locks.discard(hex);
}

function storedAt(saved: ReturnType<DiskFolder["saved"]>): string {
  return saved.kind === "read" ? saved.value.facts.stored : "";
}
