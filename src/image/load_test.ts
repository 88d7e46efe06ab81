import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { tarOf } from "../../tests/harness/tar.ts";
import { run } from "../../tests/registry/registry.ts";
import { type SampleImage, writeLayout } from "../../tests/registry/sample_image.ts";
import { SmolvmError } from "../error.ts";
import { digestOf } from "./model/digest.ts";
import { parseReference } from "./model/reference.ts";
import { ImageStore } from "./store/store.ts";

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

Deno.test("load() verifies what a layout holds", async () => {
  await withLayout(async (store, image) => {
    const blob = (digest: string) => join(image.folder, "blobs", "sha256", digest.slice("sha256:".length));
    const spoil = async (path: string, words: string) => {
      const before = await Deno.readFile(path);
      await Deno.writeFile(path, before.map((byte, at) => at === 30 ? byte ^ 1 : byte));
      const error = await assertRejects(() => store.load(image.folder), SmolvmError, words);
      assertEquals(error.kind, "image");
      await Deno.writeFile(path, before);
    };
    await spoil(blob(image.manifestDigest), "its digest is");
    await spoil(blob(image.id), "its digest is");
    await spoil(blob(image.layers[0] ?? ""), "");
    await Deno.truncate(blob(image.layers[1] ?? ""), 20);
    await assertRejects(() => store.load(image.folder), SmolvmError, "it has 20 bytes, not the");
    await Deno.remove(blob(image.layers[1] ?? ""));
    await assertRejects(() => store.load(image.folder), SmolvmError, "which is not there");
    assertEquals(await store.list(), []);
  });
});

Deno.test("load() refuses what is no image, in one line", async () => {
  await withLayout(async (store, _image, folder) => {
    const config = JSON.stringify({ rootfs: { diff_ids: [] } });
    const list = (value: unknown) => JSON.stringify([value]);
    const files: Record<string, [string | Uint8Array, string]> = {
      "empty": ["", "it is empty"],
      "words": [
        "just some words, longer than a header is ".repeat(30),
        "neither a tar archive, nor one compressed",
      ],
      "gone.tar": [tarOf([{ path: "other", data: "x" }]), "neither manifest.json nor index.json"],
      "cut.tar": [
        tarOf([{ path: "manifest.json", data: "x".repeat(9000) }]).subarray(0, 3000),
        "it ends within a file",
      ],
      "cut.tar.gz": [gzipSync(tarOf([{ path: "a" }])).subarray(0, 40), "corrupt or truncated"],
      "nojson.tar": [tarOf([{ path: "manifest.json", data: "{" }]), "its manifest.json is no list of images"],
      "away.tar": [
        tarOf([{ path: "manifest.json", data: list({ Config: "../../etc/passwd", Layers: [] }) }]),
        "which is not there",
      ],
      "lie.tar": [
        tarOf([
          { path: "manifest.json", data: list({ Config: `${"0".repeat(64)}.json`, Layers: [] }) },
          { path: `${"0".repeat(64)}.json`, data: config },
        ]),
        "has the digest",
      ],
      "more.tar": [
        tarOf([{ path: "manifest.json", data: list({ Config: "c", Layers: ["l"] }) }, {
          path: "c",
          data: config,
        }]),
        "it has 1 layers, and the configuration names 0",
      ],
    };
    for (const [name, [bytes, words]] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.writeFile(path, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
      await assertRejects(() => store.load(path), SmolvmError, words);
    }
    await assertRejects(
      () => store.load(join(folder, "none")),
      SmolvmError,
      "there is no such file or folder",
    );
    await assertRejects(() => store.load(folder), SmolvmError, "give one with --name");
  });
});

Deno.test("load() does not follow a layout's links out of its folder", async () => {
  await withLayout(async (store, image, folder) => {
    const outside = join(folder, "outside");
    const layer = join(image.folder, "blobs", "sha256", (image.layers[0] ?? "").slice("sha256:".length));
    await Deno.rename(layer, outside);
    await Deno.symlink(outside, layer);
    await assertRejects(() => store.load(image.folder), SmolvmError, "which is not there");
  });
});

Deno.test("load() follows the links by which old archives repeat a layer", async () => {
  await withLayout(async (store, _image, folder) => {
    const layer = tarOf([{ path: "f", data: "x" }]);
    const diffId = (await run("sh", ["-c", 'printf %s "$1" | base64 -d | sha256sum', "sh", layer.toBase64()]))
      .slice(0, 64);
    const config = JSON.stringify({ rootfs: { diff_ids: [`sha256:${diffId}`, `sha256:${diffId}`] } });
    const list = JSON.stringify([{
      Config: "c.json",
      RepoTags: ["old:1"],
      Layers: ["a/layer.tar", "b/layer.tar"],
    }]);
    const path = join(folder, "old.tar");
    await Deno.writeFile(
      path,
      tarOf([
        { path: "a/layer.tar", data: layer },
        { path: "b/layer.tar", type: "2", link: "../a/layer.tar" },
        { path: "c.json", data: config },
        { path: "manifest.json", data: list },
      ]),
    );
    assertEquals((await store.load(path))[0]?.references, ["docker.io/library/old:1"]);
  });
});

Deno.test("load() takes a root file system as a tar with a name, whatever files it has", async () => {
  await withLayout(async (store, _image, folder) => {
    const path = join(folder, "root.tar");
    const files = [{ path: "./" }, { path: "./bin/", mode: 0o755 }, { path: "./bin/x", data: "x" }];
    await Deno.writeFile(
      path,
      gzipSync(tarOf([...files, { path: "./manifest.json", data: '{"name":"app"}' }])),
    );
    await assertRejects(() => store.load(path), SmolvmError, "give it a name with --name");
    const [loaded] = await store.load(path, { name: parseReference("mine:1") });
    assertEquals([loaded?.references, loaded?.config.command], [["docker.io/library/mine:1"], ["/bin/sh"]]);
    assertEquals((await store.load(path, { name: parseReference("mine:2") }))[0]?.id, loaded?.id);
    const root = join(folder, "rootfolder");
    await Deno.mkdir(root);
    await Deno.writeTextFile(join(root, "index.json"), '{"pages": []}');
    assertEquals((await store.load(root, { name: parseReference("mine:3") }))[0]?.source, "folder");
  });
});

Deno.test("load() looks at an archive whose image is there already", async () => {
  await withLayout(async (store, image) => {
    assertEquals((await store.load(image.folder)).length, 1);
    await Deno.remove(join(image.folder, "blobs", "sha256", (image.layers[1] ?? "").slice("sha256:".length)));
    await assertRejects(() => store.load(image.folder), SmolvmError, "which is not there");
  });
});

Deno.test("load() leaves nothing of an archive whose second image is broken, and names as they were", async () => {
  await withLayout(async (store, _image, folder) => {
    const layer = tarOf([{ path: "f", data: "x" }]);
    const config = (diffId: string, cmd: string) =>
      JSON.stringify({ rootfs: { diff_ids: [diffId] }, config: { Cmd: [cmd] } });
    const zeros = `sha256:${"0".repeat(64)}`;
    const archive = async (entries: [config: string, tag: string][]) => {
      const path = join(folder, "two.tar");
      const list = entries.map(([, tag], at) => ({ Config: `${at}`, RepoTags: [tag], Layers: ["l"] }));
      const configs = entries.map(([data], at) => ({ path: `${at}`, data }));
      const manifest = { path: "manifest.json", data: JSON.stringify(list) };
      await Deno.writeFile(path, tarOf([{ path: "l", data: layer }, ...configs, manifest]));
      return path;
    };
    const good = digestOf(layer);
    const [kept] = await store.load(await archive([[config(good, "kept"), "a:1"]]));
    const broken = await archive([[config(good, "new"), "a:1"], [config(good, "new"), "b:1"], [
      config(zeros, "bad"),
      "c:1",
    ]]);
    await assertRejects(() => store.load(broken), SmolvmError, "its content has the digest");
    const left = await store.list();
    assertEquals(left.map(({ id, references }) => [id, references]), [
      [kept?.id, ["docker.io/library/a:1"]],
    ] as unknown[]);
  });
});

Deno.test("load() takes images FROM scratch, and layers of no bytes or compressed otherwise than they say", async () => {
  await withLayout(async (store, _image, folder) => {
    assertEquals((await store.load((await writeLayout(join(folder, "scratch"), [])).folder)).length, 1);
    const empty = await writeLayout(join(folder, "empty"), [new Uint8Array()], { compression: [""] });
    assertEquals((await store.load(empty.folder)).length, 1);
    const odd = await writeLayout(join(folder, "odd"), [gzipSync(tarOf([{ path: "a" }]))], {
      compression: [""],
    });
    // The digest of the uncompressed layer, as a tool that compressed it afterwards would have left it.
    await assertRejects(() => store.load(odd.folder), SmolvmError, "its content has the digest");
  });
});
