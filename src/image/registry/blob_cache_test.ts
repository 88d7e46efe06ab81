import { existsSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertRejects, assertTrue } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf, type Expected, hexOf } from "../model/digest.ts";
import { BlobCache } from "./blob_cache.ts";
import { TransientError } from "./retry.ts";

const content = new TextEncoder().encode("0123456789".repeat(100));
const blob: Expected = { digest: digestOf(content), size: content.byteLength };
const broken = new TransientError(new SmolvmError("registry", { action: "pull", reason: "gone" }), {
  attempts: 3,
});

async function inFolder(body: (cache: BlobCache, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(new BlobCache(folder), join(folder, "sha256"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A server of these bytes that breaks off after so many, as often as the list is long. */
function serve(bytes: Uint8Array, breaks: number[] = [], options: { resumes?: boolean } = {}) {
  const asked: number[] = [];
  return {
    asked,
    open: (from: number) => {
      asked.push(from);
      const start = options.resumes === false ? 0 : from;
      const cut = breaks.shift();
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytes.slice(start, cut));
          if (cut === undefined) controller.close();
        },
        pull: (controller) => controller.error(broken),
      });
      return Promise.resolve({ start, body });
    },
  };
}

Deno.test("BlobCache.fetch() downloads once, and counts", async () => {
  await inFolder(async (cache) => {
    const server = serve(content);
    for (let round = 0; round < 2; round++) {
      let counted = 0;
      using lease = await cache.fetch(blob, { open: server.open, onBytes: (bytes) => counted += bytes });
      assertEquals(await Deno.readFile(lease.path), content);
      assertEquals(counted, blob.size);
    }
    assertEquals(server.asked, [0]);
  });
});

Deno.test("BlobCache.fetch() resumes, also what another process began", async () => {
  await inFolder(async (cache, folder) => {
    await Deno.writeFile(join(folder, `${hexOf(blob.digest)}.partial`), content.subarray(0, 100));
    const server = serve(content, [300]);
    let counted = 0;
    using lease = await cache.fetch(blob, { open: server.open, onBytes: (bytes) => counted += bytes });
    assertEquals(server.asked, [100, 300]);
    assertEquals([await Deno.readFile(lease.path), counted], [content, blob.size]);
  });
});

Deno.test("BlobCache.fetch() starts over when the server will not resume", async () => {
  await inFolder(async (cache) => {
    const server = serve(content, [300], { resumes: false });
    let counted = 0;
    using lease = await cache.fetch(blob, { open: server.open, onBytes: (bytes) => counted += bytes });
    assertEquals([await Deno.readFile(lease.path), counted, server.asked], [content, blob.size, [0, 300]]);
  });
});

Deno.test("BlobCache.fetch() forgives wrong bytes of an earlier process, and no others", async () => {
  await inFolder(async (cache, folder) => {
    const partial = join(folder, `${hexOf(blob.digest)}.partial`);
    await Deno.writeFile(partial, new Uint8Array(100));
    {
      using lease = await cache.fetch(blob, serve(content));
      assertEquals(await Deno.readFile(lease.path), content);
    }
    cache.discard(blob.digest);
    const lie = content.toReversed();
    await assertRejects(() => cache.fetch(blob, serve(lie)), SmolvmError, "its content has the digest");
    await assertRejects(
      () => cache.fetch(blob, serve(new Uint8Array(5000))),
      SmolvmError,
      "longer than the 1000 bytes",
    );
    assertEquals([existsSync(partial), existsSync(join(folder, hexOf(blob.digest)))], [false, false]);
  });
});

Deno.test("BlobCache.fetch() gives up on a server that brings nothing more", async () => {
  await inFolder(async (cache) => {
    const server = serve(content, [10, 10, 10, 10, 10, 10]);
    await assertRejects(() => cache.fetch(blob, server), SmolvmError, "gone");
    const short = serve(content.subarray(0, 500));
    await assertRejects(() => cache.fetch(blob, short), SmolvmError, "sent 500 of 1000 bytes");
  });
});

Deno.test("BlobCache keeps what is leased, and clears the rest", async () => {
  await inFolder(async (cache, folder) => {
    const lease = await cache.fetch(blob, serve(content));
    assertEquals([cache.discard(blob.digest), cache.clear()], [0, 0]);
    lease[Symbol.dispose]();
    cache.sweep();
    assertTrue(existsSync(join(folder, hexOf(blob.digest))));
    cache.sweep(Date.now() + 25 * 3600 * 1000);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["locks"]);
  });
});

Deno.test("BlobCache.fetch() says how far a download came, and that it goes on there", async () => {
  await inFolder(async (cache) => {
    const server = serve(content, [300, 600, 900]);
    const error = await assertRejects(() => cache.fetch(blob, server), SmolvmError);
    assertEquals(error.reason, "gone after 900 of 1000 bytes of a layer");
    assertEquals(error.remedy, "run the command again: the download goes on where it was");
    using _lease = await cache.fetch(blob, server);
    assertEquals(server.asked, [0, 300, 600, 900]);
  });
});
