import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf, hexOf } from "../model/digest.ts";
import { LayerError } from "../model/layer_error.ts";
import type { BlobTree } from "./blob_tree.ts";
import { dockerCandidates } from "./docker_archive.ts";

const about = { origin: "/x.tar", name: undefined, fallbackName: "x" };
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const diffId = digestOf(new Uint8Array(1));
const config = encode({
  created: "2026-01-01T00:00:00Z",
  rootfs: { diff_ids: [diffId] },
  config: { Cmd: ["x"] },
});

/** An archive in memory. */
function treeOf(files: Record<string, Uint8Array>): BlobTree {
  const get = (name: string) => files[name] ?? new Uint8Array();
  return {
    kind: "tar",
    has: (name) => name in files,
    size: (name) => get(name).length,
    open: (name) => new Blob([new Uint8Array(get(name))]).stream(),
    read: (name) => Promise.resolve(get(name)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("dockerCandidates() reads each image of manifest.json", async () => {
  const named = `${hexOf(digestOf(config))}.json`;
  const list = [
    { Config: named, RepoTags: ["a:1", "b:2"], Layers: ["l/layer.tar"] },
    { Config: "c", RepoTags: null, Layers: ["l/layer.tar"] },
  ];
  const tree = treeOf({
    "manifest.json": encode(list),
    [named]: config,
    "c": config,
    "l/layer.tar": new TextEncoder().encode("layer"),
  });
  const [one, two] = await dockerCandidates(tree, about);
  assertEquals([one?.id, one?.source, one?.origin], [digestOf(config), "archive", "/x.tar"]);
  assertEquals(one?.references, ["docker.io/library/a:1", "docker.io/library/b:2"]);
  assertEquals([one?.config.command, one?.created], [["x"], "2026-01-01T00:00:00Z"]);
  const [layer] = one?.layers ?? [];
  assertEquals([layer?.name, layer?.diffId, layer?.blob], ["l/layer.tar", diffId, undefined]);
  assertEquals(await new Response(await layer?.open()).text(), "layer");
  assertEquals(two?.references, []);
});

Deno.test("dockerCandidates() refuses a configuration that is not what its name says, and layers without digest", async () => {
  const of = (entry: unknown, files: Record<string, Uint8Array> = {}) => () =>
    dockerCandidates(treeOf({ "manifest.json": encode([entry]), ...files }), about);
  const zeros = `blobs/sha256/${"0".repeat(64)}`;
  await assertRejects(of({ Config: zeros, Layers: [] }, { [zeros]: config }), LayerError, "has the digest");
  await assertRejects(of({ Config: "c", Layers: [] }, { c: config }), SmolvmError, "it has 0 layers");
  await assertRejects(of({ Layers: [] }), SmolvmError, "Config");
});
