import { Buffer } from "node:buffer";
import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { byteStream, CHUNK_BYTES, fileStream } from "./byte_stream.ts";

/** A source of so many bytes that counts what is asked of it. */
function counted(bytes: number): { reads: number; disposals: number; stream: ReadableStream<Uint8Array> } {
  const seen = { reads: 0, disposals: 0, stream: new ReadableStream<Uint8Array>() };
  let left = bytes;
  seen.stream = byteStream(() =>
    Promise.resolve({
      read(into) {
        seen.reads++;
        const count = Math.min(left, into.byteLength);
        left -= count;
        return Promise.resolve(count || null);
      },
      [Symbol.dispose]: () => void seen.disposals++,
    })
  );
  return seen;
}

Deno.test("byteStream() reads no more than is asked for", async () => {
  const source = counted(100 * CHUNK_BYTES);
  const reader = source.stream.getReader();
  assertEquals(source.reads, 0);
  assertEquals((await reader.read()).value?.byteLength, CHUNK_BYTES);
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(source.reads, 2);
  await reader.cancel();
  assertEquals([source.reads, source.disposals], [2, 1]);
});

Deno.test("byteStream() disposes of its source at the end", async () => {
  const source = counted(CHUNK_BYTES + 1);
  const sizes = (await Array.fromAsync(source.stream)).map((chunk) => chunk.byteLength);
  assertEquals([sizes, source.disposals], [[CHUNK_BYTES, 1], 1]);
});

Deno.test("fileStream() gives a file's bytes, and the system's error", async () => {
  const path = await Deno.makeTempFile();
  try {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    await Deno.writeFile(path, bytes);
    assertTrue(Buffer.concat(await Array.fromAsync(fileStream(path))).equals(bytes));
  } finally {
    await Deno.remove(path);
  }
  await assertRejects(() => Array.fromAsync(fileStream(path)), Deno.errors.NotFound);
});
