import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { BUNDLED } from "../../tests/harness/bundled_parts.ts";
import { MadeHost } from "../../tests/harness/made_host.ts";
import { SmolvmError } from "../error.ts";
import { parseImageName } from "../image/model/image_name.ts";
import { parseReference } from "../image/model/reference.ts";
import { openImages } from "./open_images.ts";
import { removeImages } from "./remove_images.ts";
import { tagImage } from "./tag_image.ts";

const tag = (host: MadeHost, source: string, target: string) =>
  tagImage(parseImageName(source), parseReference(target), host);

/** Names and ids of the list, an image's names joined. */
async function listed(host: MadeHost): Promise<Record<string, string>> {
  using store = await openImages(host);
  return Object.fromEntries((await store.list()).map(({ id, references }) => [references.join(" "), id]));
}

Deno.test("tagImage() refuses what cannot be a name, as docker tag does, and an image that is not here", async () => {
  using host = new MadeHost();
  const { id } = await host.image("one:1");
  await assertRejects(() => tag(host, "one:1", `one@${id}`), SmolvmError, "a digest is not a name");
  await assertRejects(() => tag(host, "one:1", "sha256:abc"), SmolvmError, "is an image id");
  await assertRejects(() => tag(host, "absent:1", "one:2"), SmolvmError, "none of that name or id here");
  assertEquals(Object.keys(await listed(host)).includes("docker.io/library/one:1"), true);
});

Deno.test("tagImage() names by name, id and beginning of an id, and moves a name that another image has", async () => {
  using host = new MadeHost();
  const one = await host.image("one:1");
  const two = await host.image("two:1");
  const host5000 = "localhost:5000/a/b:2";
  assertEquals((await tag(host, one.id.slice(7, 19), host5000)).references, [
    "docker.io/library/one:1",
    host5000,
  ]);
  assertEquals(
    (await tag(host, one.id, "latest")).references.includes("docker.io/library/latest:latest"),
    true,
  );
  await tag(host, "two:1", host5000);
  await tag(host, "one:1", "two:1");
  const names = Object.entries(await listed(host));
  assertEquals(names.find(([, id]) => id === two.id)?.[0], host5000);
  assertEquals(names.find(([, id]) => id === one.id)?.[0].split(" ").length, 3);
});

Deno.test("tagImage() copies the bundled image, whose own name stays and is no copy", async () => {
  using host = new MadeHost();
  const bundled = `docker.io/library/${BUNDLED}`;
  const mine = "docker.io/library/mine:1";
  assertEquals((await tag(host, BUNDLED, BUNDLED)).source, "bundled");
  const { id, disk, references } = await tag(host, BUNDLED, "mine:1");
  assertEquals([references, Deno.statSync(disk).isFile], [[mine], true]);
  assertEquals(await listed(host), { [mine]: id, [bundled]: id });
  {
    using store = await openImages(host);
    assertEquals((await store.inspect(parseImageName(id))).references, [mine]);
    assertEquals((await store.inspect(parseImageName(BUNDLED))).source, "bundled");
  }
  assertEquals((await tag(host, "mine:1", "mine:2")).references.length, 2);
  await removeImages([parseImageName("mine:2"), parseImageName("mine:1")], host);
  assertEquals(await listed(host), { [bundled]: id });
});
