import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { assertEquals, assertRejects, assertTrue } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf, type Expected } from "../model/digest.ts";
import { InflateThread } from "./inflate_thread.ts";
import { LayerError } from "../model/layer_error.ts";

const random = crypto.getRandomValues(new Uint8Array(65_536));
const content = Buffer.concat(
  Array.from({ length: 200 }, (_, at) => Buffer.concat([random, Buffer.alloc(at)])),
);

async function* pieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Pieces are valid until the next one, so they are copied. */
async function inflate(
  thread: InflateThread,
  source: AsyncIterable<Uint8Array>,
  expected?: Expected,
): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(thread.inflate(source, expected), (piece) => piece.slice()));
}

Deno.test("InflateThread inflates one stream after the other, however they are cut", async () => {
  using thread = new InflateThread();
  const packed = Buffer.concat([
    gzipSync(content.subarray(0, 5_000_000)),
    gzipSync(content.subarray(5_000_000)),
  ]);
  for (const pieceBytes of [7000, 1 << 20, packed.byteLength]) {
    assertTrue((await inflate(thread, pieces(packed, pieceBytes))).equals(content), `${pieceBytes}`);
  }
});

Deno.test("InflateThread refuses corrupt and truncated streams, and takes the next", async () => {
  using thread = new InflateThread();
  const packed = gzipSync(content);
  const corrupt = Buffer.from(packed);
  corrupt.fill(0xff, 60_000, 60_100);
  for (const bad of [corrupt, packed.subarray(0, packed.byteLength - 100)]) {
    await assertRejects(() => inflate(thread, pieces(bad, 1 << 20)), LayerError, "corrupt or truncated");
    assertTrue((await inflate(thread, pieces(packed, 1 << 20))).equals(content));
  }
});

Deno.test("InflateThread passes over what follows the data, as gzip does, and takes the next", async () => {
  using thread = new InflateThread();
  for (const trailing of [1000, 9_000_000]) {
    const packed = Buffer.concat([gzipSync(content), Buffer.alloc(trailing)]);
    for (let round = 0; round < 2; round++) {
      assertTrue((await inflate(thread, pieces(packed, 100_000))).equals(content), `${trailing}, ${round}`);
    }
  }
});

Deno.test("InflateThread checks what it is told to expect, to the last byte", async () => {
  using thread = new InflateThread();
  const packed = Buffer.concat([gzipSync(content), Buffer.alloc(5)]);
  const expected = { digest: digestOf(packed), size: packed.byteLength };
  assertTrue((await inflate(thread, pieces(packed, 1 << 20), expected)).equals(content));
  const changed = Buffer.from(packed);
  changed[packed.byteLength - 1] = 1;
  const cases: [Uint8Array, string][] = [
    [changed, "its content has the digest"],
    [packed.subarray(0, -1), "bytes, not the"],
    [Buffer.concat([packed, Buffer.alloc(1)]), "it is longer than"],
  ];
  for (const [bytes, words] of cases) {
    await assertRejects(() => inflate(thread, pieces(bytes, 1 << 20), expected), SmolvmError, words);
  }
});

Deno.test("InflateThread passes on what the source throws", async () => {
  using thread = new InflateThread();
  async function* broken(): AsyncGenerator<Uint8Array, void> {
    yield* pieces(gzipSync(content).subarray(0, 50_000), 1000);
    throw new RangeError("the network is gone");
  }
  await assertRejects(() => inflate(thread, broken()), RangeError, "the network is gone");
});

Deno.test("InflateThread reads no further ahead than its buffers, and stops when nobody reads on", async () => {
  using thread = new InflateThread();
  const zeros = gzipSync(Buffer.alloc(64 << 20));
  let read = 0;
  async function* endless(): AsyncGenerator<Uint8Array, void> {
    for (;; read++) yield zeros;
  }
  const inflated = thread.inflate(endless());
  for (let count = 0; count < 10; count++) await inflated.next();
  assertTrue(read < 10, `${read} streams were read ahead`);
  await inflated.return();
  const after = read;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(read, after);
});
