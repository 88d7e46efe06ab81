import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertRejects, assertTrue } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { SmolvmError } from "../../error.ts";
import { fileDigest } from "../../files/file_digest.ts";
import type { Image } from "../model/image.ts";
import { parseImageName as named } from "../model/image_name.ts";
import { parseReference } from "../model/reference.ts";
import { ImageStore, type StoreOptions } from "./store.ts";
import { bundle, inFolder, rootFolder } from "../../../tests/harness/image_store.ts";

Deno.test("ImageStore finds an image by name, by id, and by the beginning of its id", async () => {
  await inFolder(async (paths, folder) => {
    using store = await ImageStore.open(paths);
    const [image] = await store.load(await rootFolder(folder, "root", "1"), {
      name: parseReference("mine:1"),
    });
    assertTrue(image);
    assertEquals([image.references, image.source], [["docker.io/library/mine:1"], "folder"]);
    for (
      const text of ["mine:1", "docker.io/library/mine:1", image.id, image.id.slice(7), image.id.slice(7, 15)]
    ) {
      assertEquals(await store.resolve(named(text)), image, text);
    }
    assertEquals([await store.resolve(named("mine:2")), await store.resolve(named("0000"))], [
      undefined,
      undefined,
    ]);
    await assertRejects(() => store.inspect(named("mine:2")), SmolvmError, "see smolvm image ls");
  });
});

Deno.test("ImageStore keeps one disk for the same files under two names", async () => {
  await inFolder(async (paths, folder) => {
    using store = await ImageStore.open(paths);
    const [one] = await store.load(await rootFolder(folder, "a", "same"), { name: parseReference("x:1") });
    const [two] = await store.load(await rootFolder(folder, "b", "same"), { name: parseReference("x:2") });
    const [other] = await store.load(await rootFolder(folder, "c", "other"), { name: parseReference("x:3") });
    assertEquals([two?.id, two?.references.length], [one?.id, 2]);
    assertTrue(other?.id !== one?.id);
    assertEquals((await store.list()).length, 2);
  });
});

Deno.test("ImageStore removes a name, then the image; by id only with force", async () => {
  await inFolder(async (paths, folder) => {
    using store = await ImageStore.open(paths);
    const root = await rootFolder(folder, "root", "1");
    const [image] = await store.load(root, { name: parseReference("x:1") });
    await store.load(root, { name: parseReference("x:2") });
    assertTrue(image);
    await assertRejects(() => store.remove(named(image.id)), SmolvmError, "it has 2 names");
    assertEquals(await store.remove(named("x:1")), { references: ["docker.io/library/x:1"], images: [] });
    assertEquals((await store.remove(named("x:2"))).images, [image.id]);
    assertEquals([existsSync(image.disk), await store.list()], [false, []]);
    const [again] = await store.load(root, { name: parseReference("x:1") });
    await store.load(root, { name: parseReference("x:2") });
    assertEquals((await store.remove(named(again?.id ?? ""), { force: true })).references.length, 2);
  });
});

Deno.test("ImageStore does not remove what is leased, even by another process's store", async () => {
  await inFolder(async (paths, folder) => {
    using store = await ImageStore.open(paths);
    using other = await ImageStore.open(paths);
    const [image] = await store.load(await rootFolder(folder, "root", "1"), { name: parseReference("x:1") });
    assertTrue(image);
    const lease = await store.lease(image);
    await assertRejects(
      () => other.remove(named("x:1")),
      SmolvmError,
      "a VM or another smolvm command is using it",
    );
    assertEquals((await other.prune({ all: true })).images, []);
    // A lease is no obstacle to using the image again.
    assertEquals((await other.pull(named("x:1"))).id, image.id);
    lease[Symbol.dispose]();
    await other.remove(named("x:1"));
    await assertRejects(() => store.lease(image), SmolvmError, "it was removed a moment ago");
  });
});

Deno.test("ImageStore.obtain() gives an image that no other process can remove before it is let go", async () => {
  await inFolder(async (paths, folder) => {
    using store = await ImageStore.open(paths, await bundle(folder, ["docker.io/library/alpine:latest"]));
    using other = await ImageStore.open(paths);
    await store.load(await rootFolder(folder, "root", "1"), { name: parseReference("x:1") });
    for (const name of ["x:1", "alpine"]) {
      const { image, ...lease } = await store.obtain(named(name), { keep: true });
      const id = named(image.id);
      await assertRejects(() => other.remove(id), SmolvmError, "a VM or another smolvm command is using it");
      assertEquals((await other.prune({ all: true })).images, []);
      // The record of what is made of the image is there by now, and the first question came before it.
      lease[Symbol.dispose]();
      let asked = 0;
      const use = () => asked++ === 0 ? undefined : { reason: "machine m is made of it", remedy: "" };
      await assertRejects(() => other.remove(id, { use }), SmolvmError, "machine m is made of it");
      assertEquals((await other.remove(id)).images, [image.id]);
    }
  });
});

Deno.test("ImageStore removes a name that might be the beginning of an id", async () => {
  await inFolder(async (paths, folder) => {
    using store = await ImageStore.open(paths);
    const root = await rootFolder(folder, "root", "1");
    for (const name of ["cafe", "x"]) await store.load(root, { name: parseReference(name) });
    assertEquals(await store.remove(named("cafe")), {
      references: ["docker.io/library/cafe:latest"],
      images: [],
    });
  });
});

Deno.test("ImageStore asks no registry for an id", async () => {
  await inFolder(async (paths) => {
    using store = await ImageStore.open(paths);
    await assertRejects(() => store.pull(named("0".repeat(64))), SmolvmError, "none of that name or id here");
  });
});

Deno.test("ImageStore offers the bundled image until the user has one of that name", async () => {
  await inFolder(async (paths, folder) => {
    const options = await bundle(folder, ["docker.io/library/alpine:latest", "docker.io/library/alpine:3"]);
    using store = await ImageStore.open(paths, options);
    const bundled = await store.pull(named("alpine"));
    assertEquals([bundled.source, bundled.disk], ["bundled", join(folder, "alpine.erofs")]);
    assertEquals((await store.resolve(named("abab")))?.id, bundled.id);
    await assertRejects(() => store.remove(named("alpine")), SmolvmError, "part of the smolvm binary");
    (await store.lease(bundled))[Symbol.dispose]();
    await store.load(await rootFolder(folder, "root", "1"), { name: parseReference("alpine") });
    assertEquals((await store.resolve(named("alpine")))?.source, "folder");
    assertEquals((await store.list()).map(({ source, references }) => [source, references.length]), [
      ["folder", 1],
      ["bundled", 1],
    ]);
    await store.remove(named("alpine"));
    assertEquals((await store.resolve(named("alpine")))?.source, "bundled");
  });
});

Deno.test("ImageStore.keep() has the bundled image outlive the binary that brought it", async () => {
  await inFolder(async (paths, folder) => {
    const options = await bundle(folder, ["docker.io/library/alpine:latest"]);
    let id: Image["id"];
    {
      using store = await ImageStore.open(paths, options);
      const bundled = await store.pull(named("alpine"));
      id = bundled.id;
      await store.keep(bundled);
      await store.keep(bundled);
      assertEquals((await store.list()).length, 1);
      assertEquals((await store.pull(named("alpine"))).source, "bundled");
      await assertRejects(() => store.remove(named("alpine")), SmolvmError, "part of the smolvm binary");
    }
    // A binary that brings another image, or none.
    using store = await ImageStore.open(paths);
    const kept = await store.resolve(named(id));
    assertEquals(
      kept && Deno.readTextFileSync(kept.disk),
      Deno.readTextFileSync(join(folder, "alpine.erofs")),
    );
    assertEquals((await store.list()).map((one) => [one.id, one.references]), [[id, []]]);
    const use = () => ({ reason: "machine x is made of it", remedy: "" });
    assertEquals((await store.prune({ use })).images, []);
    assertEquals((await store.prune()).images, [id]);
  });
});

Deno.test("ImageStore is as it was after a load that fails", async () => {
  await inFolder(async (paths, folder) => {
    const broken: StoreOptions["build"] = (_candidate, output) => {
      Deno.writeTextFileSync(output, "half");
      return Promise.reject(new SmolvmError("image", { action: "unpack", reason: "the layer is corrupt" }));
    };
    using store = await ImageStore.open(paths, { build: broken });
    const root = await rootFolder(folder, "root", "1");
    await assertRejects(
      () => store.load(root, { name: parseReference("x") }),
      SmolvmError,
      "the layer is corrupt",
    );
    assertEquals(await store.list(), []);
    assertEquals([...Deno.readDirSync(join(paths.data, "images"))].map(({ name }) => name), ["locks"]);
  });
});

Deno.test("ImageStore computes the digest of a disk once, and writes it down", async () => {
  await inFolder(async (paths, folder) => {
    const load = async (): Promise<Image> => {
      using store = await ImageStore.open(paths);
      const [image] = await store.load(await rootFolder(folder, "root", "1"), { name: parseReference("x") });
      assertTrue(image);
      return image;
    };
    const image = await load();
    const digest: Image["diskDigest"] = `sha256:${await fileDigest(image.disk)}`;
    assertEquals(image.diskDigest, digest);
    // As a smolvm of version 1 left it: no version, no digest, in the table and beside the disk.
    const saved = join(dirname(image.disk), "image.json");
    const { facts: { version: _v, diskDigest: _d, ...facts }, references } = JSON.parse(
      await Deno.readTextFile(saved),
    );
    await Deno.writeTextFile(saved, JSON.stringify({ facts, references }));
    using database = new DatabaseSync(join(paths.data, "images.db"));
    database.prepare("UPDATE images SET facts = ?").run(JSON.stringify(facts));
    using store = await ImageStore.open(paths);
    const old = await store.inspect(named("x"));
    assertEquals(old.diskDigest, undefined);
    assertEquals(await store.diskDigest(old), digest);
    assertEquals(await store.inspect(named("x")), image);
    assertEquals(JSON.parse(await Deno.readTextFile(saved)).facts.diskDigest, digest);
  });
});

Deno.test("ImageStore says that an interrupted load was interrupted", async () => {
  await inFolder(async (paths, folder) => {
    const stop = new AbortController();
    const build: StoreOptions["build"] = () => {
      stop.abort();
      return Promise.reject(new Error("stopped"));
    };
    using store = await ImageStore.open(paths, { build });
    const root = await rootFolder(folder, "root", "1");
    const error = await assertRejects(
      () => store.load(root, { name: parseReference("x"), signal: stop.signal }),
      SmolvmError,
    );
    assertEquals(error.kind, "canceled");
  });
});
