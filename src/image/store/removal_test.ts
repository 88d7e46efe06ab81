import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertRejects, assertThrows } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { SmolvmError } from "../../error.ts";
import { DatabaseConnection } from "../../host/database_connection.ts";
import { defaultConfig } from "../model/config.ts";
import type { Digest, Image } from "../model/image.ts";
import { parseImageName } from "../model/image_name.ts";
import { guestPlatform } from "../model/platform.ts";
import { DiskFolder } from "./disk_folder.ts";
import type { Shelves } from "./intake.ts";
import { leaseImage } from "./lease.ts";
import { ImageRecords, MIGRATIONS } from "./records.ts";
import { removeImage, removeUnused } from "./removal.ts";

const id: Digest = `sha256:${"a".repeat(64)}`;

/** A store with one image of two names. */
async function withImage(body: (shelves: Shelves, image: Image) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  using database = new DatabaseConnection(new DatabaseSync(":memory:"), "images.db");
  try {
    for (const migration of MIGRATIONS) database.exec(migration);
    const disks = new DiskFolder(folder);
    const records = new ImageRecords(database);
    const config = defaultConfig(guestPlatform());
    const facts = { id, diskBytes: 4, stored: "2026-01-01", source: "folder", config } as const;
    const references = ["docker.io/library/x:1", "docker.io/library/x:2"];
    Deno.writeTextFileSync(disks.begin(id.slice(7)), "disk");
    disks.commit(id.slice(7), { facts, references });
    records.put(facts, references);
    const build = () => Promise.reject(new Error("nothing is built"));
    await body({ records, disks, build }, { ...facts, references, disk: disks.path(id) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("removeImage() takes a name off, and by id wants to be sure", async () => {
  await withImage((shelves, image) => {
    const removed = removeImage(shelves, { image, name: parseImageName("x:1") }, {});
    assertEquals(removed, { references: ["docker.io/library/x:1"], images: [] });
    const name = parseImageName(id);
    assertThrows(() => removeImage(shelves, { image, name }, {}), SmolvmError, "it has 2 names");
    assertEquals(removeImage(shelves, { image, name }, { force: true }).images, [id]);
    assertEquals([shelves.disks.holds(id, 4), shelves.records.has(id)], [false, false]);
  });
});

Deno.test("removeUnused() leaves what is leased, and what something was made of meanwhile", async () => {
  await withImage(async (shelves, image) => {
    {
      using _lease = await leaseImage(shelves, image, undefined);
      assertEquals(
        removeUnused(shelves, id, undefined)?.reason,
        "a VM or another smolvm command is using it",
      );
    }
    let asked = 0;
    const user = { reason: "machine m is made of it", remedy: "" };
    assertEquals(removeUnused(shelves, id, () => asked++ === 0 ? undefined : user), user);
    assertEquals(removeUnused(shelves, id, () => undefined), undefined);
    await assertRejects(() => leaseImage(shelves, image, undefined), SmolvmError, "removed a moment ago");
  });
});
