import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { guestPlatform } from "../model/platform.ts";
import { digestOf, hexOf } from "../model/digest.ts";
import { NotForHostError } from "../model/not_for_host.ts";
import { LayerError } from "../model/layer_error.ts";
import { type BlobTree, missing } from "./blob_tree.ts";
import { dockerCandidates } from "./docker_archive.ts";

const about = { origin: "/x.tar", name: undefined, fallbackName: "x", machine: guestPlatform("x86_64") };
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
    size: (name) => name in files ? get(name).length : missing(name),
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

Deno.test("dockerCandidates() passes over images of other platforms, and refuses an archive of nothing else", async () => {
  const arm = encode({ architecture: "arm64", os: "linux", rootfs: { diff_ids: [] } });
  const entries = [{ Config: "arm", RepoTags: ["other:1"] }, {
    Config: "c",
    RepoTags: [null],
    Layers: ["l"],
  }];
  const files = { arm, c: config, l: new Uint8Array(1) };
  const lines: string[] = [];
  const options = { ...about, warn: (text: string) => void lines.push(text) };
  const taken = await dockerCandidates(treeOf({ "manifest.json": encode(entries), ...files }), options);
  assertEquals(taken.map(({ id, references }) => [id, references.length]), [[digestOf(config), 0]]);
  assertEquals(lines, [
    "passed over other:1 in /x.tar: it is for linux/arm64, and this host runs linux/amd64",
  ]);
  await assertRejects(
    () => dockerCandidates(treeOf({ "manifest.json": encode(entries.slice(0, 1)), ...files }), about),
    NotForHostError,
    "it is for linux/arm64",
  );
});

Deno.test("dockerCandidates() refuses an archive that lacks a layer, before anything is unpacked", async () => {
  const list = encode([{ Config: "c", Layers: ["gone"] }]);
  await assertRejects(
    () => dockerCandidates(treeOf({ "manifest.json": list, c: config }), about),
    LayerError,
    '"gone", which is not there',
  );
});
