import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { standInPayload } from "../../tests/harness/stand_in_payload.ts";
import { FileLock } from "../host/lock.ts";
import { MIN_STORAGE_BYTES } from "../payload/storage.ts";
import { ScratchDisk } from "./scratch_disk.ts";

/** A cache folder, and a maker of disks in it. */
async function inFolder(test: (make: () => Promise<ScratchDisk>, disks: () => string[]) => Promise<void>) {
  const folder = Deno.makeTempDirSync();
  const templates = await standInPayload(folder).path("storage.json");
  const paths = { data: folder, cache: folder, runtime: folder };
  const disks = () =>
    [...Deno.readDirSync(`${folder}/scratch`)].map(({ name }) => name).filter((one) => one !== "lock");
  try {
    await test(() => ScratchDisk.create(paths, MIN_STORAGE_BYTES, templates), disks);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("ScratchDisk has a name, its size and a lock until it is disposed, once or twice", () =>
  inFolder(async (make, disks) => {
    const disk = await make();
    assertEquals([disks().length, Deno.statSync(disk.path).size], [1, MIN_STORAGE_BYTES]);
    assertEquals(FileLock.tryAcquire(disk.path), undefined);
    disk[Symbol.dispose]();
    disk[Symbol.dispose]();
    assertEquals(disks(), []);
  }));

Deno.test("ScratchDisk removes what killed runs left, and nothing that is used", () =>
  inFolder(async (make, disks) => {
    using used = await make();
    const folder = used.path.slice(0, used.path.lastIndexOf("/"));
    Deno.writeTextFileSync(`${folder}/left.ext4`, "");
    Deno.writeTextFileSync(`${folder}/other`, "");
    using second = await make();
    const name = (path: string) => path.slice(folder.length + 1);
    assertEquals(disks().sort(), [name(used.path), name(second.path), "other"].sort());
  }));

Deno.test("ScratchDisk makes a disk for each of those who ask at once", () =>
  inFolder(async (make, disks) => {
    const all = await Promise.all(Array.from({ length: 8 }, make));
    assertEquals([new Set(all.map(({ path }) => path)).size, disks().length], [8, 8]);
    for (const disk of all) disk[Symbol.dispose]();
    assertThrows(() => Deno.statSync(all[0]?.path ?? ""), Deno.errors.NotFound);
  }));
