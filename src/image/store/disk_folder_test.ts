import { existsSync } from "node:fs";
import { join } from "node:path";
import { assertEquals } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { defaultConfig } from "../model/config.ts";
import type { Digest } from "../model/image.ts";
import { guestPlatform } from "../model/platform.ts";
import { DiskFolder } from "./disk_folder.ts";
import type { ImageRecord } from "./record_codec.ts";

const a: Digest = `sha256:${"a".repeat(64)}`;
const b: Digest = `sha256:${"b".repeat(64)}`;

function recordOf(id: Digest, references: readonly string[] = [], stored = "2026-01-01"): ImageRecord {
  const config = defaultConfig(guestPlatform());
  return { facts: { id, diskBytes: 4, stored, source: "folder", config }, references };
}

/** A table with these rows. */
const table = (rows: readonly ImageRecord[]) => ({ list: () => [...rows] });

async function inFolder(body: (disks: DiskFolder, folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(new DiskFolder(folder), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Puts a disk of four bytes into the folder. */
function store(disks: DiskFolder, record: ImageRecord): void {
  const hex = record.facts.id.slice(7);
  Deno.writeTextFileSync(disks.begin(hex), "disk");
  disks.commit(hex, record);
}

const names = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("DiskFolder has a disk whole, or not at all", async () => {
  await inFolder((disks, folder) => {
    Deno.writeTextFileSync(disks.begin(a.slice(7)), "disk");
    assertEquals([disks.holds(a, 4), existsSync(disks.path(a))], [false, false]);
    disks.commit(a.slice(7), recordOf(a));
    assertEquals([disks.holds(a, 4), disks.holds(a, 5), disks.holds(b, 4)], [true, false, false]);
    assertEquals(disks.saved(a), { kind: "read", value: recordOf(a) });
    Deno.writeTextFileSync(disks.begin(b.slice(7)), "half");
    disks.abandon(b.slice(7));
    disks.remove(a);
    disks.remove(a);
    assertEquals(names(folder), ["locks"]);
  });
});

Deno.test("DiskFolder.saveRecords() writes what has changed, and puts a damaged record aside", async () => {
  await inFolder((disks, folder) => {
    const file = join(folder, a.slice(7), "image.json");
    store(disks, recordOf(a, ["r/x:1"]));
    const before = Deno.statSync(file).ino;
    disks.saveRecords(table([recordOf(a, ["r/x:1"])]));
    assertEquals(Deno.statSync(file).ino, before);
    disks.saveRecords(table([recordOf(a, ["r/x:2"]), recordOf(b)]));
    assertEquals(disks.saved(a), { kind: "read", value: recordOf(a, ["r/x:2"]) });
    // What once made every command fail: the right id, and no references.
    const damage = JSON.stringify({ facts: { id: a } });
    Deno.writeTextFileSync(file, damage);
    disks.saveRecords(table([recordOf(a)]));
    assertEquals(disks.saved(a), { kind: "read", value: recordOf(a) });
    assertEquals(Deno.readTextFileSync(`${file}.damaged`), damage);
    const newer = JSON.stringify({ facts: { version: 99 }, references: [] });
    Deno.writeTextFileSync(file, newer);
    disks.saveRecords(table([recordOf(a)]));
    assertEquals(Deno.readTextFileSync(file), newer);
  });
});
