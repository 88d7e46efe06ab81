import { assertEquals } from "../../tests/harness/assert.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { pruneImages } from "./prune_images.ts";

Deno.test("pruneImages() removes images with a name only if all are meant", async () => {
  using host = new MadeHost();
  const { id } = await host.image("one:1");
  assertEquals((await pruneImages(host)).images, []);
  assertEquals((await pruneImages(host, { all: true })).images, [id]);
});
