import { join } from "node:path";
import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf, hexOf } from "../model/digest.ts";
import type { Digest } from "../model/image.ts";
import { BlobCache } from "./blob_cache.ts";
import { LayerDownloads } from "./layer_downloads.ts";

const contents = ["one", "two", "three", "four", "five"].map((text) => new TextEncoder().encode(text));
const blobs = contents.map((bytes) => ({ digest: digestOf(bytes), size: bytes.byteLength }));
const [first, second] = blobs.map(({ digest }) => digest) as [Digest, Digest];

async function inCache(body: (cache: BlobCache, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(new BlobCache(folder), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens blobs from memory, and keeps which were asked for. */
function source(asked: Digest[] = []) {
  return (digest: Digest) => {
    asked.push(digest);
    const bytes = contents[blobs.findIndex((blob) => blob.digest === digest)] ?? new Uint8Array();
    return Promise.resolve({ start: 0, body: new Blob([bytes]).stream() });
  };
}

const read = async (downloads: LayerDownloads, digest: Digest): Promise<string> =>
  await new Response(await downloads.open(digest)).text();

Deno.test("LayerDownloads fetches nothing before a layer is opened, then each layer once", async () => {
  await inCache(async (cache) => {
    const asked: Digest[] = [];
    const progress: number[] = [];
    const onProgress = (done: number, total: number) => void progress.push(done, total);
    await using downloads = new LayerDownloads([...blobs, ...blobs], {
      cache,
      open: source(asked),
      onProgress,
    });
    assertEquals(asked, []);
    for (const [at, { digest }] of blobs.entries()) {
      assertEquals(await read(downloads, digest), ["one", "two", "three", "four", "five"][at]);
    }
    assertEquals(asked.toSorted(), blobs.map(({ digest }) => digest).toSorted());
    assertEquals(progress.slice(-2), [19, 19]);
    await assertRejects(() => downloads.open(digestOf(new Uint8Array())), RangeError, "it is no layer");
  });
});

Deno.test("LayerDownloads has three under way at a time", async () => {
  await inCache(async (cache) => {
    let running = 0;
    let most = 0;
    const from = source();
    const open = async (digest: Digest) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
      return await from(digest);
    };
    await using downloads = new LayerDownloads(blobs, { cache, open });
    for (const { digest } of blobs) await read(downloads, digest);
    assertEquals(most, 3);
  });
});

Deno.test("LayerDownloads stops all when one layer cannot be had", async () => {
  await inCache(async (cache) => {
    const gone = new SmolvmError("registry", { action: "pull", subject: "x", reason: "gone" });
    const from = source();
    const open = (digest: Digest) => digest === first ? Promise.reject(gone) : from(digest);
    await using downloads = new LayerDownloads(blobs, { cache, open });
    await assertRejects(() => downloads.open(first), SmolvmError, "gone");
    await assertRejects(() => downloads.open(blobs.at(-1)?.digest ?? first), SmolvmError, "gone");
  });
});

Deno.test("LayerDownloads keeps what came for the next attempt, until it is discarded", async () => {
  await inCache(async (cache, folder) => {
    const path = join(folder, "sha256", hexOf(second));
    {
      await using downloads = new LayerDownloads(blobs, { cache, open: source() });
      await read(downloads, second);
    }
    assertEquals(await Deno.readTextFile(path), "two");
    const asked: Digest[] = [];
    await using downloads = new LayerDownloads([{ digest: second, size: 3 }], { cache, open: source(asked) });
    assertEquals([await read(downloads, second), asked], ["two", []]);
    await downloads.discard();
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  });
});
