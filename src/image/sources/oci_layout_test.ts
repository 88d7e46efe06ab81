import { assertEquals, assertMatch, assertRejects } from "../../../tests/harness/assert.ts";
import { writeIndex, writeLayout } from "../../../tests/registry/sample_image.ts";
import { SmolvmError } from "../../error.ts";
import { guestPlatform } from "../model/platform.ts";
import { digestOf, hexOf } from "../model/digest.ts";
import { LayerError } from "../model/layer_error.ts";
import { NotForHostError } from "../model/not_for_host.ts";
import { openFolder } from "./blob_tree.ts";
import { ociCandidates } from "./oci_layout.ts";

const about = {
  origin: "/layout",
  name: undefined,
  fallbackName: "layout",
  machine: guestPlatform("x86_64"),
};
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

Deno.test("ociCandidates() takes what is for this host, and passes over the rest with a line each", async () => {
  await inFolder(async (folder) => {
    const ours = await writeLayout(folder, [tar]);
    const other = await writeLayout(`${folder}/arm64`, [tar], { architecture: "arm64" });
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const put = async (value: unknown) => {
      const bytes = new TextEncoder().encode(JSON.stringify(value));
      await Deno.writeFile(`${folder}/blobs/sha256/${hexOf(digestOf(bytes))}`, bytes);
      return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
    };
    for (const { name } of Deno.readDirSync(`${folder}/arm64/blobs/sha256`)) {
      await Deno.copyFile(`${folder}/arm64/blobs/sha256/${name}`, `${folder}/blobs/sha256/${name}`);
    }
    const config = await put({ architecture: "", os: "", rootfs: { type: "layers", diff_ids: [] } });
    const payload = { ...await put("x"), mediaType: "application/vnd.dev.cosign.simplesigning.v1+json" };
    const signature = await put({
      schemaVersion: 2,
      config: { ...config, mediaType: null },
      layers: [payload],
    });
    const arm = { mediaType, digest: other.manifestDigest, platform: null, annotations: null };
    const size = Deno.statSync(`${folder}/blobs/sha256/${other.manifestDigest.slice(7)}`).size;
    await edit(folder, ({ manifests }) => {
      const annotations = { "org.opencontainers.image.ref.name": "sha256-1.sig" };
      manifests.unshift({ ...signature, annotations });
      manifests.push({ ...arm, size }, { mediaType: "text/x", digest: ours.id, size: 1 });
    });
    const lines: string[] = [];
    await using tree = openFolder(folder);
    const candidates = await ociCandidates(tree, { ...about, warn: (text) => void lines.push(text) });
    assertEquals(candidates.map(({ id }) => id), [ours.id] as unknown[]);
    assertEquals(lines.length, 3);
    assertMatch(lines[0] ?? "", /^passed over sha256-1.sig in \/layout: it holds a signature/);
    assertMatch(lines[1] ?? "", /it is for linux\/arm64, and this host runs/);
    assertMatch(lines[2] ?? "", /an entry of the type "text\/x"/);
    await edit(folder, (index) => void index.manifests.splice(1, 1));
    await assertRejects(() => candidatesOf(folder), NotForHostError, "an image for linux/arm64, a signature");
  });
});

Deno.test("ociCandidates() refuses sizes that are not as announced, before anything is unpacked", async () => {
  await inFolder(async (folder) => {
    const { layers: [layer = ""] } = await writeLayout(folder, [tar]);
    await edit(folder, ({ manifests: [first = {}] }) => void (first["size"] = Number(first["size"]) + 1));
    await assertRejects(() => candidatesOf(folder), SmolvmError, "bytes, not the");
    await edit(folder, ({ manifests: [first = {}] }) => void (first["size"] = Number(first["size"]) - 1));
    await candidatesOf(folder);
    const path = `${folder}/blobs/sha256/${layer.slice("sha256:".length)}`;
    await Deno.truncate(path, 10);
    await assertRejects(() => candidatesOf(folder), SmolvmError, "it has 10 bytes, not the");
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assertRejects(() => candidatesOf(folder), LayerError, "which is not there");
  });
});
