import { join } from "node:path";
import { assertEquals, assertRejects, assertThrows } from "../../../tests/harness/assert.ts";
import { LayerError } from "../model/layer_error.ts";
import { checkSize, missing, openFolder } from "./blob_tree.ts";

Deno.test("openFolder() reads files below a folder, and nothing that lies outside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const root = join(folder, "root");
    await Deno.mkdir(join(root, "blobs"), { recursive: true });
    await Deno.writeTextFile(join(root, "blobs", "a"), "inside");
    await Deno.writeTextFile(join(folder, "outside"), "outside");
    await Deno.symlink("blobs/a", join(root, "link"));
    await Deno.symlink("../outside", join(root, "out"));
    await using tree = openFolder(root);
    for (const name of ["blobs/a", "link"]) {
      assertEquals([tree.has(name), tree.size(name)], [true, 6]);
      assertEquals(await new Response(tree.open(name)).text(), "inside");
      assertEquals(new TextDecoder().decode(await tree.read(name, 6)), "inside");
    }
    for (const name of ["out", "../outside", "blobs", "none", ""]) {
      assertEquals(tree.has(name), false, name);
      assertThrows(() => tree.size(name), LayerError, "which is not there");
      assertThrows(() => tree.open(name), LayerError, "which is not there");
    }
    await assertRejects(async () => await tree.read("link", 5), LayerError, "link has 6 bytes, at most 5");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("missing() and checkSize() name the file, shortened", () => {
  assertThrows(() => missing("x".repeat(500)), LayerError, `"${"x".repeat(120)}"`);
  checkSize("f", 5, 5);
  assertThrows(() => checkSize("f", 6, 5), LayerError, "f has 6 bytes, at most 5 are taken");
});
