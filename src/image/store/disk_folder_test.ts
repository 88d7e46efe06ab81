import { existsSync } from "node:fs";
import { join } from "node:path";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { a, b, inFolder, names, recordOf, store } from "../../../tests/harness/image_disks.ts";
import type { ImageRecord } from "./record_codec.ts";

/** A table with these rows. */
const table = (rows: readonly ImageRecord[]) => ({ list: () => [...rows] });

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
