import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf } from "./digest.ts";
import { findManifest, type RawManifest } from "./find_manifest.ts";
import type { Digest } from "./image.ts";
import { NotForHostError } from "./not_for_host.ts";

const machine = { os: "linux", architecture: "amd64" };
const accept = () => Promise.resolve("accepted");
const arm64 = { os: "linux", architecture: "arm64" };
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
  const found = await findManifest(one, { machine, fetch, accept });
  assertEquals([found.digest, found.manifest.config.digest], [one.digest, blob]);
});

Deno.test("findManifest() follows an index to the machine's entry, and keeps the index's digest", async () => {
  const [ours, others] = [raw(manifest), raw({ ...manifest, layers: [manifest.config] })];
  const index = indexOf([others, "arm64"], [ours, "amd64"]);
  const asked: Digest[] = [];
  const found = await findManifest(index, {
    machine,
    accept,
    fetch: ({ digest }) => {
      asked.push(digest);
      return Promise.resolve(ours);
    },
  });
  assertEquals([asked, found.digest, found.manifest.layers], [[ours.digest], index.digest, []]);
});

/** Reads these by their digests. */
function reader(...all: RawManifest[]) {
  return ({ digest }: { digest: Digest }) => {
    const found = all.find((one) => one.digest === digest);
    return found ? Promise.resolve(found) : Promise.reject(new Error(`not there: ${digest}`));
  };
}

const entry = ({ digest, bytes }: RawManifest, more: Record<string, unknown> = {}) => ({
  digest,
  size: bytes.length,
  ...more,
});
const indexOfEntries = (...manifests: unknown[]) => raw({ schemaVersion: 2, manifests });

Deno.test("findManifest() goes through indexes in indexes, to a depth, and reads nothing twice", async () => {
  let nested = raw(manifest);
  const all = [nested];
  for (let depth = 1; depth <= 9; depth++) {
    nested = indexOfEntries(entry(nested), entry(nested));
    all.push(nested);
  }
  const [, , , deep = nested] = all;
  const found = await findManifest(deep, { machine, accept, fetch: reader(...all) });
  assertEquals([found.digest, found.manifest.layers], [deep.digest, []]);
  const attempt = () => findManifest(nested, { machine, accept, fetch: reader(...all) });
  await assertRejects(attempt, NotForHostError, "nested more than 8 deep");
});

Deno.test("findManifest() reads the configuration before it accepts, and tries the next entry", async () => {
  const [others, ours] = [raw({ ...manifest, layers: [manifest.config] }), raw(manifest)];
  const arm = { os: "linux", architecture: "arm64" };
  const found = await findManifest(indexOfEntries(entry(others), entry(ours)), {
    machine,
    fetch: reader(others, ours),
    accept: ({ layers }) =>
      layers.length > 0 ? Promise.reject(new NotForHostError([{ platform: arm }], machine)) : accept(),
  });
  assertEquals([found.manifest.layers, found.accepted], [[], "accepted"]);
});

Deno.test("findManifest() passes over what is no image, and says what there was when nothing is left", async () => {
  const layer = (mediaType: string) => ({ digest: blob, size: 2, mediaType });
  const signature = raw({ ...manifest, layers: [layer("application/vnd.dev.cosign.simplesigning.v1+json")] });
  const chart = raw({ ...manifest, config: layer("application/vnd.cncf.helm.config.v1+json") });
  const ours = raw(manifest);
  const odd = { digest: "sha512:0", size: 1 };
  const plain = entry(ours, { platform: null, annotations: null, mediaType: null });
  const all = indexOfEntries(null, odd, entry(signature), entry(chart), plain);
  const found = await findManifest(all, { machine, accept, fetch: reader(signature, chart, ours) });
  assertEquals(found.manifest.layers, []);
  const none = indexOfEntries(odd, entry(signature), entry(chart), entry(ours, { platform: arm64 }));
  const error = await assertRejects(
    () => findManifest(none, { machine, accept, fetch: reader(signature, chart) }),
    NotForHostError,
    "it holds an image for linux/arm64, an entry that cannot be read (digest: not a sha256 digest), a signature",
  );
  assertEquals(error.kind, "image");
  assertEquals(error.message.includes("and no image for linux/amd64"), true);
});

Deno.test("findManifest() says for whom an index without an entry for the machine is", async () => {
  const fetch = () => Promise.reject(new Error("not to be asked"));
  await assertRejects(
    () => findManifest(indexOf([raw(manifest), "arm64"]), { machine, fetch, accept }),
    SmolvmError,
    "it is for linux/arm64, and this host runs linux/amd64",
  );
  await assertRejects(() => findManifest(indexOf(), { machine, fetch, accept }), SmolvmError, "no image");
});
