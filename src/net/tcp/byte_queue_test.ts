import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { ByteQueue } from "./byte_queue.ts";
import { ChunkPool, HUGE_CHUNK, LARGE_CHUNK, SMALL_CHUNK } from "./chunk_pool.ts";

/** Bytes that tell where they stood. */
const row = (from: number, count: number) =>
  Uint8Array.from({ length: count }, (_, index) => ((from + index) * 167 + ((from + index) >> 8)) & 255);

Deno.test("whatever goes in comes out in order, by every way in and out", () => {
  const step = fc.record({ way: fc.constantFrom("push", "read", "shift", "write"), size: fc.nat(70_000) });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const pool = new ChunkPool(2 ** 24);
    const queue = new ByteQueue(pool);
    let [written, read] = [0, 0];
    for (const { way, size } of steps) {
      if (way === "push") written += queue.push(row(written, size), 0, size);
      if (way === "read") {
        const space = queue.space() ?? new Uint8Array(0);
        const count = Math.min(size, space.length);
        space.set(row(written, count));
        queue.filled(count);
        written += count;
      }
      if (way === "shift") {
        const count = Math.min(size, queue.length);
        const out = new Uint8Array(count);
        queue.copy(0, count, out, 0);
        assertEquals(out.toHex() === row(read, count).toHex(), true);
        queue.shift(count);
        read += count;
      }
      if (way === "write") {
        const first = queue.first();
        const count = Math.min(size, first?.length ?? 0);
        assertEquals(first?.subarray(0, count).toHex() ?? "", row(read, count).toHex());
        queue.shift(count);
        read += count;
      }
      assertEquals(queue.length, written - read);
      const some = Math.min(1_000, queue.length);
      const out = new Uint8Array(some);
      queue.copy(queue.length - some, some, out, 0);
      assertEquals(out.toHex(), row(written - some, some).toHex());
    }
    queue.shift(queue.length);
    assertEquals(pool.used, 0);
  }));
});

Deno.test("an idle queue holds a small chunk, a busy one a large one, an empty one none", () => {
  const pool = new ChunkPool(2 ** 20);
  const queue = new ByteQueue(pool);
  assertEquals(queue.space()?.length, SMALL_CHUNK);
  queue.filled(SMALL_CHUNK);
  assertEquals(queue.space()?.length, LARGE_CHUNK);
  queue.filled(LARGE_CHUNK);
  assertEquals(queue.space()?.length, HUGE_CHUNK);
  queue.filled(10);
  assertEquals(pool.used, SMALL_CHUNK + LARGE_CHUNK + HUGE_CHUNK);
  // What is left of it is good enough for a read of the size before.
  assertEquals(queue.space()?.length, HUGE_CHUNK - 10);
  queue.filled(HUGE_CHUNK - 20_000);
  queue.shift(queue.length);
  assertEquals(pool.used, 0);
  assertEquals(queue.space()?.length, SMALL_CHUNK);
  queue.filled(0);
  assertEquals(pool.used, 0);
});

Deno.test("bytes that are pushed get a chunk of their size, and a huge one behind many that wait", () => {
  const pool = new ChunkPool(2 ** 20);
  const queue = new ByteQueue(pool);
  const bytes = new Uint8Array(LARGE_CHUNK);
  queue.push(bytes, 0, 10);
  assertEquals(pool.used, SMALL_CHUNK);
  queue.push(bytes, 0, LARGE_CHUNK);
  assertEquals(pool.used, SMALL_CHUNK + LARGE_CHUNK);
  queue.push(bytes, 0, LARGE_CHUNK);
  assertEquals(pool.used, SMALL_CHUNK + LARGE_CHUNK + HUGE_CHUNK);
});

Deno.test("space stays where it was while all that stood before it goes", () => {
  const queue = new ByteQueue(new ChunkPool(2 ** 20));
  queue.push(row(0, 10), 0, 10);
  const space = queue.space();
  queue.shift(10);
  space?.set(row(10, 5));
  queue.filled(5);
  assertEquals(queue.first(), row(10, 5));
});

Deno.test("chunks that a socket still reads or writes go to no other queue", () => {
  const pool = new ChunkPool(2 ** 20);
  const queue = new ByteQueue(pool);
  queue.push(row(0, SMALL_CHUNK), 0, SMALL_CHUNK);
  const [writing, reading] = [queue.first(), queue.space()];
  queue.clear();
  assertEquals([pool.used, queue.length], [0, 0]);
  const others = [pool.take(SMALL_CHUNK), pool.take(SMALL_CHUNK), pool.take(LARGE_CHUNK)];
  for (const other of others) {
    assertTrue(other?.buffer !== writing?.buffer && other?.buffer !== reading?.buffer);
  }
});

Deno.test("push() takes what there is memory for", () => {
  const pool = new ChunkPool(2 * LARGE_CHUNK);
  const queue = new ByteQueue(pool);
  // A large chunk, and small ones.
  assertEquals(queue.push(new Uint8Array(200_000), 0, 200_000), 2 * LARGE_CHUNK);
  assertEquals([queue.push(new Uint8Array(1), 0, 1), queue.space()], [0, undefined]);
});
