import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { writeIndex, writeLayout } from "../../../tests/registry/sample_image.ts";
import { SmolvmError } from "../../error.ts";
import { LayerError } from "../model/layer_error.ts";
import { openFolder } from "./blob_tree.ts";
import { ociCandidates } from "./oci_layout.ts";

const about = { origin: "/layout", name: undefined, fallbackName: "layout" };
const tar = new Uint8Array(1024);

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function candidatesOf(folder: string) {
  await using tree = openFolder(folder);
  return await ociCandidates(tree, about);
}

/** Changes index.json. */
async function edit(folder: string, change: (index: { manifests: Record<string, unknown>[] }) => void) {
  const index = JSON.parse(await Deno.readTextFile(`${folder}/index.json`));
  change(index);
  await Deno.writeTextFile(`${folder}/index.json`, JSON.stringify(index));
}

Deno.test("ociCandidates() reads an image with what names it, and what its layers have to be", async () => {
  await inFolder(async (folder) => {
    const image = await writeLayout(folder, [tar], { config: { Cmd: ["x"] } });
    const [one, ...others] = await candidatesOf(folder);
    assertEquals(
      [one?.id, one?.manifestDigest, others.length],
      [image.id, image.manifestDigest, 0] as unknown[],
    );
    assertEquals([one?.references, one?.config.command], [["docker.io/library/layout:latest"], ["x"]]);
    const [layer] = one?.layers ?? [];
    assertEquals([layer?.name, layer?.blob?.digest], [image.layers[0], image.layers[0]] as unknown[]);
  });
});

Deno.test("ociCandidates() gives an image once with all its names, containerd's whole one before a tag", async () => {
  await inFolder(async (folder) => {
    await writeLayout(folder, [tar]);
    await edit(folder, ({ manifests }) => {
      const [first = {}] = manifests;
      const annotations = {
        "io.containerd.image.name": "r.example/a:1",
        "org.opencontainers.image.ref.name": "1",
      };
      manifests.push({ ...first, annotations });
    });
    const candidates = await candidatesOf(folder);
    assertEquals(candidates.map(({ references }) => references), [
      ["docker.io/library/layout:latest", "r.example/a:1"],
    ]);
  });
});

Deno.test("ociCandidates() takes the entry for this host, in an index or without one", async () => {
  await inFolder(async (folder) => {
    const ours = await writeLayout(`${folder}/amd64`, [tar]);
    await writeLayout(`${folder}/arm64`, [tar], { architecture: "arm64" });
    await writeIndex(`${folder}/both`, [["linux/arm64", `${folder}/arm64`], [
      "linux/amd64",
      `${folder}/amd64`,
    ]]);
    assertEquals((await candidatesOf(`${folder}/both`)).map(({ id }) => id), [ours.id] as unknown[]);
    await writeIndex(`${folder}/arm`, [["linux/arm64", `${folder}/arm64`]]);
    await assertRejects(() => candidatesOf(`${folder}/arm`), SmolvmError, "it is for linux/arm64");
  });
});

Deno.test("ociCandidates() refuses an index.json that is none, and blobs that are others", async () => {
  await inFolder(async (folder) => {
    const image = await writeLayout(folder, [tar]);
    const config = `${folder}/blobs/sha256/${image.id.slice("sha256:".length)}`;
    await Deno.writeTextFile(config, "{}");
    await assertRejects(() => candidatesOf(folder), SmolvmError, "its digest is");
    const digest = image.id;
    const manifest = { schemaVersion: 2, config: { digest, size: 2 }, layers: [] };
    await Deno.writeTextFile(`${folder}/index.json`, JSON.stringify(manifest));
    await assertRejects(() => candidatesOf(folder), LayerError, "index.json is no index");
  });
});
