import { assertEquals, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { standInPayload } from "../../tests/harness/stand_in_payload.ts";
import "../../tests/harness/open_libc.ts";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import { MIN_STORAGE_BYTES } from "../payload/storage.ts";
import { VolumeChanges } from "./changes.ts";
import { volumeFolder, volumesFolder } from "./folder.ts";
import { writeHolder } from "./holder.ts";
import { hasVolume, readVolume, usedBytes, volumeNames } from "./volumes.ts";

const wanted = { bytes: MIN_STORAGE_BYTES, labels: { tier: "build" } };

/** A home without volumes, and the template of disks. */
async function inHome(test: (paths: { data: string }, templates: string) => Promise<void>): Promise<void> {
  const data = Deno.makeTempDirSync({ prefix: "smolvm-volumes-" });
  try {
    await test({ data }, await standInPayload(data).path("storage.json"));
  } finally {
    Deno.removeSync(data, { recursive: true });
  }
}

Deno.test("VolumeChanges makes a volume once: a sparse disk for its user alone, and a record", () =>
  inHome(async (paths, templates) => {
    assertEquals([volumeNames(paths), hasVolume(paths, "cache")], [[], false]);
    const create = async () => {
      using changes = await VolumeChanges.begin(paths);
      return changes.create({ name: "cache", ...wanted }, templates);
    };
    const all = await Promise.all(Array.from({ length: 5 }, create));
    assertEquals(all.filter(({ made }) => made).length, 1);
    const { name, bytes, labels } = readVolume(paths, "cache");
    assertEquals([volumeNames(paths), name, bytes, labels], [
      ["cache"],
      "cache",
      wanted.bytes,
      wanted.labels,
    ]);
    const files = volumeFolder(paths, "cache");
    const { size, mode } = Deno.statSync(files.disk);
    assertEquals([size, (mode ?? 0) & 0o777, (Deno.statSync(files.path).mode ?? 0) & 0o777], [
      MIN_STORAGE_BYTES,
      0o600,
      0o700,
    ]);
    assertEquals(usedBytes(paths, "cache") < 1e6, true);
  }));

Deno.test("VolumeChanges leaves nothing of a volume that cannot be made, and sweeps what killed ones left", () =>
  inHome(async (paths, templates) => {
    {
      using changes = await VolumeChanges.begin(paths);
      assertThrows(
        () => changes.create({ name: "x1", ...wanted, bytes: 5 }, templates),
        SmolvmError,
        "too few",
      );
      assertThrows(
        () => changes.create({ name: "../x", ...wanted }, templates),
        SmolvmError,
        "not a volume name",
      );
      assertThrows(() => changes.create({ name: "x2", ...wanted }, `${paths.data}/none`), SmolvmError, "x2");
    }
    assertEquals([...Deno.readDirSync(volumesFolder(paths))].map(({ name }) => name), [".lock"]);
    Deno.mkdirSync(`${volumesFolder(paths)}/lost+found`);
    assertEquals(volumeNames(paths), []);
    Deno.removeSync(`${volumesFolder(paths)}/lost+found`);
    for (const left of [".new-0123", ".gone-0123"]) {
      Deno.mkdirSync(`${volumesFolder(paths)}/${left}`);
      Deno.writeTextFileSync(`${volumesFolder(paths)}/${left}/disk.ext4`, "");
    }
    assertEquals(volumeNames(paths), []);
    (await VolumeChanges.begin(paths))[Symbol.dispose]();
    assertEquals([...Deno.readDirSync(volumesFolder(paths))].map(({ name }) => name), [".lock"]);
  }));

Deno.test("VolumeChanges removes a volume that no VM has, also one without a record", () =>
  inHome(async (paths, templates) => {
    using changes = await VolumeChanges.begin(paths);
    changes.create({ name: "cache", ...wanted }, templates);
    const files = volumeFolder(paths, "cache");
    {
      using _held = FileLock.tryAcquire(files.lock);
      writeHolder(files, "web");
      const error = await assertRejects(() => changes.remove("cache"), SmolvmError);
      assertEquals(
        error.message,
        "cannot remove the volume cache: volume is in use: the machine web has it;" +
          " stop it with smolvm microvm stop web",
      );
    }
    Deno.removeSync(files.record);
    assertThrows(
      () => readVolume(paths, "cache"),
      SmolvmError,
      "cannot read the volume cache: there is no such file",
    );
    await changes.remove("cache");
    assertEquals(volumeNames(paths), []);
    for (const name of ["cache", "", "..", "../data", ".lock"]) {
      await assertRejects(() => changes.remove(name), SmolvmError, "there is none of that name");
    }
    assertThrows(() => readVolume(paths, "cache"), SmolvmError, "cannot find the volume cache");
  }));

Deno.test("VolumeChanges waits for whoever makes or removes volumes, but not for ever", () =>
  inHome(async (paths) => {
    using _first = await VolumeChanges.begin(paths);
    await assertRejects(
      () => VolumeChanges.begin(paths, AbortSignal.timeout(50)),
      SmolvmError,
      "cannot change volumes: another smolvm is making or removing volumes; try again",
    );
  }));

Deno.test("VolumeChanges neither gives nor removes a volume by a name with other capital letters", () =>
  inHome(async (paths, templates) => {
    using changes = await VolumeChanges.begin(paths);
    changes.create({ name: "Data", ...wanted }, templates);
    // As APFS does, whose names with other capital letters lead to the same folder.
    Deno.symlinkSync("Data", volumeFolder(paths, "data").path);
    const words = "there is Data, and this file system takes both names for one";
    assertThrows(() => changes.create({ name: "data", ...wanted }, templates), SmolvmError, words);
    await assertRejects(() => changes.remove("data"), SmolvmError, words);
    assertEquals([hasVolume(paths, "Data"), hasVolume(paths, "data")], [true, true]);
  }));
