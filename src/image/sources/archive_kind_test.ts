import { assertEquals } from "../../../tests/harness/assert.ts";
import { archiveKind } from "./archive_kind.ts";
import type { BlobTree } from "./blob_tree.ts";

function treeOf(files: Record<string, string>): BlobTree {
  const get = (name: string) => new TextEncoder().encode(files[name] ?? "");
  return {
    kind: "tar",
    has: (name) => name in files,
    size: (name) => get(name).length,
    open: (name) => new Blob([get(name)]).stream(),
    read: (name) => Promise.resolve(get(name)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const docker = { "manifest.json": '[{"Config":"c","RepoTags":null,"Layers":null}]' };
const oci = { "index.json": '{"schemaVersion":2,"manifests":[]}' };

Deno.test("archiveKind() tells archives of images by what their lists say", async () => {
  const kind = (files: Record<string, string>) => archiveKind(treeOf(files));
  assertEquals([await kind(docker), await kind(oci), await kind({ ...docker, ...oci })], [
    "docker",
    "oci",
    "docker",
  ]);
  assertEquals(await kind({ "index.json": '{"manifests":[{"digest":"sha256:1","size":1}]}' }), "oci");
  assertEquals(await kind({}), "none");
});

Deno.test("archiveKind() takes a root file system's own files of those names for what they are", async () => {
  const web = {
    "manifest.json": '{"name":"app","icons":[]}',
    "index.json": '{"manifests":"none","pages":[1]}',
  };
  const trees: Record<string, string>[] = [web, { "manifest.json": "{" }, { "index.json": "[1]" }, {
    "manifest.json": "[1]",
  }];
  for (const files of trees) {
    assertEquals(await archiveKind(treeOf(files)), "none");
  }
  assertEquals(await archiveKind(treeOf({ ...web, ...oci })), "oci");
});

Deno.test("archiveKind() leaves a broken archive of images to who says what is broken", async () => {
  assertEquals(await archiveKind(treeOf({ "index.json": "{", "oci-layout": "{}" })), "oci");
  assertEquals(await archiveKind(treeOf({ "manifest.json": "{", "repositories": "{}" })), "docker");
});
