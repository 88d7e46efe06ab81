import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { SmolvmError } from "../error.ts";
import { openImages } from "./open_images.ts";
import { removeImages } from "./remove_images.ts";

Deno.test("removeImages() tells of each as it goes, and stops at the first that is not there", async () => {
  using host = new MadeHost();
  const one = await host.image("one:1");
  await host.image("two:1");
  const told: string[][] = [];
  const removed = removeImages(
    [parseImageName("one:1"), parseImageName("absent:1"), parseImageName("two:1")],
    host,
    {
      onRemoval: ({ images }) => told.push([...images]),
    },
  );
  await assertRejects(() => removed, SmolvmError, "there is none of that name or id here");
  assertEquals(told, [[one.id]]);
  using store = await openImages(host);
  assertEquals((await store.list()).map(({ id }) => id).includes(one.id), false);
});
