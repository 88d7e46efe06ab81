import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf } from "./digest.ts";
import { findManifest, type RawManifest } from "./find_manifest.ts";
import type { Digest } from "./image.ts";

const machine = { os: "linux", architecture: "amd64" };
const blob: Digest = `sha256:${"a".repeat(64)}`;
const manifest = { schemaVersion: 2, config: { digest: blob, size: 2 }, layers: [] };

function raw(value: unknown): RawManifest {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes) };
}

function indexOf(...inner: [RawManifest, string][]): RawManifest {
  return raw({
    schemaVersion: 2,
    manifests: inner.map(([{ digest, bytes }, architecture]) => ({
      digest,
      size: bytes.length,
      platform: { os: "linux", architecture },
    })),
  });
}

Deno.test("findManifest() takes a manifest as it is, and reads nothing else", async () => {
  const one = raw(manifest);
  const fetch = () => Promise.reject(new Error("not to be asked"));
  const found = await findManifest(one, { machine, fetch });
  assertEquals([found.digest, found.manifest.config.digest], [one.digest, blob]);
});

Deno.test("findManifest() follows an index to the machine's entry, and keeps the index's digest", async () => {
  const [ours, others] = [raw(manifest), raw({ ...manifest, layers: [manifest.config] })];
  const index = indexOf([others, "arm64"], [ours, "amd64"]);
  const asked: Digest[] = [];
  const found = await findManifest(index, {
    machine,
    fetch: ({ digest }) => {
      asked.push(digest);
      return Promise.resolve(ours);
    },
  });
  assertEquals([asked, found.digest, found.manifest.layers], [[ours.digest], index.digest, []]);
});

Deno.test("findManifest() refuses an index in an index, and one without an entry for the machine", async () => {
  const inner = indexOf([raw(manifest), "amd64"]);
  const fetch = () => Promise.resolve(inner);
  await assertRejects(
    () => findManifest(indexOf([inner, "amd64"]), { machine, fetch }),
    SmolvmError,
    "is an index again",
  );
  await assertRejects(
    () => findManifest(indexOf([inner, "arm64"]), { machine, fetch }),
    SmolvmError,
    "it is for linux/arm64, and this host runs linux/amd64",
  );
});
