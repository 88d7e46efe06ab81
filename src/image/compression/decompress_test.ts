import { Buffer } from "node:buffer";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf } from "../model/digest.ts";
import type { Digest } from "../model/image.ts";
import { decompress } from "./decompress.ts";
import { LayerError } from "../model/layer_error.ts";

const text = new TextEncoder().encode("a few words, ".repeat(50_000));

/** Compares without a listing of half a million differences. */
function assertSame(actual: Uint8Array, expected: Uint8Array): void {
  assertEquals([actual.byteLength, Buffer.compare(actual, expected)], [expected.byteLength, 0]);
}

async function unpack(bytes: Uint8Array, pieceBytes = 10_000): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return new Uint8Array(Buffer.concat(await Array.fromAsync(decompress(ReadableStream.from(pieces)))));
}

Deno.test("decompress() passes plain bytes on, and short ones", async () => {
  assertSame(await unpack(text), text);
  for (const bytes of [[], [1], [0x1f, 0x8b]]) {
    assertEquals(await unpack(Uint8Array.from(bytes)), Uint8Array.from(bytes));
  }
});

Deno.test("decompress() reads gzip and zstd, also in several members, however the bytes are cut", async () => {
  const half = text.subarray(0, 300_001);
  const rest = text.subarray(300_001);
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const forms = [
    gzipSync(text),
    Buffer.concat([gzipSync(half), gzipSync(rest)]),
    Buffer.concat([gzipSync(text), new Uint8Array(512)]),
    zstdCompressSync(text),
    Buffer.concat([skippable, zstdCompressSync(half), skippable, zstdCompressSync(rest), skippable]),
  ];
  for (const form of forms) {
    for (const pieceBytes of [1, 100, 1_000_000]) assertSame(await unpack(form, pieceBytes), text);
  }
});

Deno.test("decompress() checks the whole stream, what follows the compressed data too", async () => {
  const followed = Buffer.concat([gzipSync(text), new Uint8Array(20)]);
  for (const stream of [text, followed, zstdCompressSync(text)]) {
    const check = (digest: Digest) =>
      Array.fromAsync(
        decompress(ReadableStream.from([stream.subarray(0, 9), stream.subarray(9)]), {
          expected: { digest, size: stream.byteLength },
        }),
      );
    await check(digestOf(stream));
    await assertRejects(() => check(digestOf(stream.subarray(1))), SmolvmError, "its content has the digest");
  }
});

Deno.test("decompress() refuses truncated and corrupt gzip", async () => {
  const packed = new Uint8Array(gzipSync(text));
  const corrupt = Uint8Array.from(packed);
  corrupt.fill(0xff, 40, 60);
  for (const bytes of [packed.subarray(0, 100), corrupt, Buffer.concat([packed, text.subarray(0, 100)])]) {
    await assertRejects(() => unpack(bytes), LayerError, "gzip data is corrupt or truncated");
  }
});

Deno.test("decompress() refuses corrupt zstd and what follows it", async () => {
  const packed = new Uint8Array(zstdCompressSync(text));
  const corrupt = Uint8Array.from(packed);
  corrupt.fill(0xff, 5, 12);
  for (const bytes of [corrupt, Buffer.concat([packed, text.subarray(0, 100)])]) {
    await assertRejects(() => unpack(bytes), LayerError, "zstd data is corrupt");
  }
});

Deno.test("decompress() lets the source's own error through, and stops the source when nobody reads on", async () => {
  const packed = gzipSync(text);
  async function* broken() {
    yield new Uint8Array(packed.subarray(0, 100));
    await Promise.resolve();
    throw new RangeError("the network is gone");
  }
  await assertRejects(
    () => Array.fromAsync(decompress(ReadableStream.from(broken()))),
    RangeError,
    "network",
  );
  let canceled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(text),
    cancel: () => void (canceled = true),
  });
  for await (const _chunk of decompress(endless)) break;
  assertEquals(canceled, true);
});
