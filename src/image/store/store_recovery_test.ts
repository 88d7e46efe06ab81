import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import type { Image } from "../model/image.ts";
import { parseImageName as named } from "../model/image_name.ts";
import { parseReference } from "../model/reference.ts";
import { ImageStore } from "./store.ts";
import { inFolder, rootFolder } from "../../../tests/harness/image_store.ts";

Deno.test("ImageStore sweeps what a killed process left, and nothing else", async () => {
  await inFolder(async (paths, folder) => {
    const images = join(paths.data, "images");
    {
      using store = await ImageStore.open(paths);
      await store.load(await rootFolder(folder, "root", "1"), { name: parseReference("x") });
    }
    const dead = ["1".repeat(64), `${"2".repeat(64)}.building`];
    for (const name of dead) {
      await Deno.mkdir(join(images, name));
      await Deno.writeTextFile(join(images, name, "disk.erofs"), "half");
    }
    using store = await ImageStore.open(paths);
    assertEquals((await store.list()).length, 1);
    assertEquals([...Deno.readDirSync(images)].filter(({ name }) => dead.includes(name)), []);
  });
});

Deno.test("ImageStore makes an image anew whose disk somebody deleted", async () => {
  await inFolder(async (paths, folder) => {
    using store = await ImageStore.open(paths);
    const root = await rootFolder(folder, "root", "1");
    const [image] = await store.load(root, { name: parseReference("x") });
    assertTrue(image);
    await Deno.remove(image.disk);
    assertEquals([await store.resolve(named("x")), await store.list()], [undefined, []]);
    assertEquals((await store.load(root, { name: parseReference("x") }))[0]?.id, image.id);
    assertTrue(existsSync(image.disk));
  });
});

Deno.test("ImageStore outlives the damage of its database", async () => {
  await inFolder(async (paths, folder) => {
    {
      using store = await ImageStore.open(paths);
      await store.load(await rootFolder(folder, "root", "1"), { name: parseReference("x") });
    }
    for (const damage of ["scribbled over", ""]) {
      await Deno.writeTextFile(join(paths.data, "images.db"), damage);
      using store = await ImageStore.open(paths);
      assertEquals((await store.resolve(named("x")))?.source, "folder");
    }
  });
});

Deno.test("ImageStore opens though a record beside a disk is damaged, and makes the image anew", async () => {
  await inFolder(async (paths, folder) => {
    const root = await rootFolder(folder, "root", "1");
    let image: Image | undefined;
    {
      using store = await ImageStore.open(paths);
      [image] = await store.load(root, { name: parseReference("x") });
    }
    assertTrue(image);
    await Deno.writeTextFile(
      join(dirname(image.disk), "image.json"),
      JSON.stringify({ facts: { id: image.id } }),
    );
    await Deno.remove(join(paths.data, "images.db"));
    using store = await ImageStore.open(paths);
    assertEquals(await store.resolve(named("x")), undefined);
    assertTrue(existsSync(`${dirname(image.disk)}.damaged`));
    assertEquals((await store.load(root, { name: parseReference("x") }))[0]?.id, image.id);
    assertEquals((await store.prune()).bytes, image.diskBytes);
  });
});

Deno.test("ImageStore knows by whom a name was borne last, also when its database is lost", async () => {
  await inFolder(async (paths, folder) => {
    const [one, two] = [await rootFolder(folder, "one", "1"), await rootFolder(folder, "two", "2")];
    let id: Image["id"] | undefined;
    {
      using store = await ImageStore.open(paths);
      [{ id } = { id }] = await store.load(one, { name: parseReference("x") });
      await store.load(two, { name: parseReference("x") });
      await store.load(two, { name: parseReference("y") });
      // The older one takes the name back.
      await store.load(one, { name: parseReference("x") });
      await store.load(one, { name: parseReference("gone") });
      await store.remove(named("gone"));
    }
    await Deno.remove(join(paths.data, "images.db"));
    using store = await ImageStore.open(paths);
    assertEquals((await store.resolve(named("x")))?.id, id);
    assertEquals(await store.resolve(named("gone")), undefined);
    assertTrue((await store.resolve(named("y")))?.id !== id);
  });
});
