import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { standInPayload } from "../../tests/harness/stand_in_payload.ts";
import "../../tests/harness/open_libc.ts";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import { MIN_STORAGE_BYTES } from "../payload/storage.ts";
import { attachVolumes, type NewDisks } from "./attach.ts";
import { VolumeChanges } from "./changes.ts";
import { volumeFolder, volumesFolder } from "./folder.ts";
import { volumeNames } from "./volumes.ts";

const use = (name: string, target: string, readOnly = false) => ({ name, target, readOnly, copy: true });

/** A home without volumes, and how they are made. */
async function inHome(test: (paths: { data: string }, make: NewDisks) => Promise<void>): Promise<void> {
  const data = Deno.makeTempDirSync({ prefix: "smolvm-volumes-" });
  try {
    await test({ data }, {
      bytes: MIN_STORAGE_BYTES,
      templates: await standInPayload(data).path("storage.json"),
    });
  } finally {
    Deno.removeSync(data, { recursive: true });
  }
}

Deno.test("attachVolumes() takes each volume once, read-only where every use is, and makes what is not there", () =>
  inHome(async (paths, make) => {
    const uses = [use("one", "/a", true), use("two", "/b", true), use("one", "/c")];
    {
      using volumes = await attachVolumes(uses, paths, { make });
      assertEquals(volumes.names, ["one", "two"]);
      assertEquals(volumes.disks, [
        { path: volumeFolder(paths, "one").disk, readOnly: false },
        { path: volumeFolder(paths, "two").disk, readOnly: true },
      ]);
    }
    assertEquals(volumeNames(paths), ["one", "two"]);
    await assertRejects(
      () => attachVolumes([use("none", "/a")], paths),
      SmolvmError,
      "cannot use the volume none: it is no longer there; make an empty one with smolvm volume create none",
    );
  }));

Deno.test("attachVolumes() touches nothing where there is none", () =>
  inHome(async (paths) => {
    (await attachVolumes([], paths))[Symbol.dispose]();
    await assertRejects(() => Deno.stat(volumesFolder(paths)), Deno.errors.NotFound);
  }));

Deno.test("attachVolumes() refuses what another VM has, by whose it is, and takes none of the others then", () =>
  inHome(async (paths, make) => {
    using _web = await attachVolumes([use("two", "/x")], paths, { make, machine: "web" });
    const uses = [use("one", "/a"), use("two", "/b", true)];
    const error = await assertRejects(() => attachVolumes(uses, paths, { make }), SmolvmError);
    assertEquals(
      error.message,
      "cannot use the volume two: the machine web has it, and a volume is for one VM at a time;" +
        " stop it with smolvm microvm stop web",
    );
    using _one = await attachVolumes([use("one", "/a")], paths);
    using changes = await VolumeChanges.begin(paths);
    await assertRejects(
      () => changes.remove("one"),
      SmolvmError,
      `in use: a run (process ${Deno.pid}) has it`,
    );
  }));

Deno.test("attachVolumes() waits out a look at the lock", () =>
  inHome(async (paths, make) => {
    (await attachVolumes([use("one", "/a")], paths, { make }))[Symbol.dispose]();
    const look = FileLock.tryAcquire(volumeFolder(paths, "one").lock, { shared: true });
    setTimeout(() => look?.[Symbol.dispose](), 50);
    (await attachVolumes([use("one", "/a")], paths))[Symbol.dispose]();
  }));

Deno.test("attachVolumes() refuses to attach read-only what has a journal to be replayed", () =>
  inHome(async (paths, make) => {
    (await attachVolumes([use("one", "/a")], paths, { make }))[Symbol.dispose]();
    (await attachVolumes([use("one", "/a", true)], paths))[Symbol.dispose]();
    {
      using disk = Deno.openSync(volumeFolder(paths, "one").disk, { write: true });
      disk.seekSync(1024 + 0x60, Deno.SeekMode.Start);
      disk.writeSync(Uint8Array.of(0x4));
    }
    const error = await assertRejects(() => attachVolumes([use("one", "/a", true)], paths), SmolvmError);
    assertEquals(
      error.message,
      "cannot use the volume one read-only: the last VM that wrote to it did not leave it clean, so that its journal has to be" +
        " replayed first; use it once without :ro",
    );
    (await attachVolumes([use("one", "/a")], paths))[Symbol.dispose]();
  }));
