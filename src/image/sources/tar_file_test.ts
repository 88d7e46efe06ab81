import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { tarOf } from "../../../tests/harness/tar.ts";
import { run } from "../../../tests/registry/registry.ts";
import { LayerError } from "../model/layer_error.ts";
import { openTarFile } from "./tar_file.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openTarFile() reads members of an archive, plain and compressed, and leaves nothing in the cache", async () => {
  await inFolder(async (folder) => {
    const cache = join(folder, "cache");
    const tar = tarOf([{ path: "./a/b", data: "content" }, { path: "empty" }]);
    for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar)]) {
      await Deno.writeFile(join(folder, "x.tar"), bytes);
      await using tree = await openTarFile(join(folder, "x.tar"), { cache });
      assertEquals([tree.has("a/b"), tree.has("/a/./b"), tree.has("none"), tree.size("a/b")], [
        true,
        true,
        false,
        7,
      ]);
      assertEquals(await new Response(tree.open("a/b")).text(), "content");
      assertEquals(await new Response(tree.open("empty")).text(), "");
      assertEquals(new TextDecoder().decode(await tree.read("a/b", 7)), "content");
      await assertRejects(() => tree.read("a/b", 6), LayerError, "at most 6");
      await assertRejects(async () => await tree.read("none", 6), LayerError, "which is not there");
    }
    assertEquals([...Deno.readDirSync(cache)], []);
  });
});

Deno.test("openTarFile() says what a file is that it does not read", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "x");
    const refused = async (bytes: Uint8Array, words: string) => {
      await Deno.writeFile(path, bytes);
      await assertRejects(() => openTarFile(path, { cache: folder }), LayerError, words);
    };
    const padded = (head: string) => new TextEncoder().encode(head.padEnd(1024, "x"));
    await refused(new Uint8Array(), "it is empty");
    await refused(padded("BZh9"), "compressed with bzip2");
    await refused(
      Uint8Array.from([0xfd, ...new TextEncoder().encode("7zXZ"), 0, ...padded("")]),
      "compressed with xz",
    );
    await refused(padded("words"), "it is no image");
  });
});

Deno.test("openTarFile() reads a pipe of any name, compressed or not", async () => {
  await inFolder(async (folder) => {
    const tar = tarOf([{ path: "a", data: "content" }]);
    for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar)]) {
      const path = join(folder, "fifo");
      await run("mkfifo", [path]);
      await Deno.writeFile(join(folder, "x"), bytes);
      const writer = run("sh", ["-c", 'cat "$1" > "$2"', "sh", join(folder, "x"), path]);
      const [tree] = await Promise.all([openTarFile(path, { cache: folder }), writer]);
      await using opened = tree;
      assertEquals(await new Response(opened.open("a")).text(), "content");
      assertEquals((await new Response(opened.whole?.()).bytes()).length, tar.length);
      await Deno.remove(path);
    }
    await assertRejects(() => openTarFile("/dev/null", { cache: folder }), LayerError, "it is empty");
  });
});
