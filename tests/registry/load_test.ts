import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parseImageName } from "../../src/image/model/image_name.ts";
import { parseReference } from "../../src/image/model/reference.ts";
import { ImageStore } from "../../src/image/store/store.ts";
import { assertEquals, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { run } from "./registry.ts";
import { type SampleImage, writeLayout } from "./sample_image.ts";

async function withLayout(
  body: (store: ImageStore, image: SampleImage, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const image = await writeLayout(join(folder, "layout"), [{ a: "1" }, { b: "2" }]);
    const paths = { data: join(folder, "data"), cache: join(folder, "cache"), runtime: join(folder, "run") };
    using store = await ImageStore.open(paths);
    await body(store, image, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("load() takes one image in every form it comes in", async () => {
  await withLayout(async (store, image, folder) => {
    const at = (name: string) => join(folder, name);
    const copy = (to: string) =>
      run("skopeo", ["copy", "-q", "--insecure-policy", `oci:${image.folder}:latest`, to]);
    await copy(`docker-archive:${at("docker.tar")}:some/name:1`);
    await copy(`oci-archive:${at("oci.tar")}:other/name:2`);
    await Deno.writeFile(at("docker.tar.gz"), gzipSync(await Deno.readFile(at("docker.tar"))));
    await Deno.mkdir(at("unpacked"));
    await run("tar", ["-C", at("unpacked"), "-xf", at("docker.tar")]);
    const cases: [string, string | undefined, string][] = [
      [image.folder, undefined, "docker.io/library/layout:latest"],
      [image.folder, "given:3", "docker.io/library/given:3"],
      [at("docker.tar"), undefined, "docker.io/some/name:1"],
      [at("docker.tar.gz"), undefined, "docker.io/some/name:1"],
      [at("unpacked"), undefined, "docker.io/some/name:1"],
      [at("oci.tar"), undefined, "docker.io/other/name:2"],
    ];
    for (const [source, name, reference] of cases) {
      const [loaded] = await store.load(source, {
        name: name === undefined ? undefined : parseReference(name),
      });
      assertTrue(loaded?.references.includes(reference), `${source}: ${loaded?.references}`);
      // Each tool writes its own configuration; the files are the same.
      const { size } = await Deno.stat(loaded?.disk ?? "");
      assertEquals([loaded?.diskBytes, loaded?.source], [size, "archive"]);
      await store.remove(parseImageName(loaded?.id ?? ""), { force: true });
    }
    assertEquals(await store.list(), []);
    assertEquals([...Deno.readDirSync(at("data/images"))].map(({ name }) => name), ["locks"]);
  });
});
