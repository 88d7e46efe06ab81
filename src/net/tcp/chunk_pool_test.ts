import { assertEquals } from "../../../tests/harness/assert.ts";
import { ChunkPool, type ChunkSize, HUGE_CHUNK, LARGE_CHUNK, SMALL_CHUNK } from "./chunk_pool.ts";

Deno.test("a pool hands out no more than its limit, and again what was given back", () => {
  const pool = new ChunkPool(2 * SMALL_CHUNK);
  const [one, other] = [pool.take(SMALL_CHUNK), pool.take(SMALL_CHUNK)];
  assertEquals([one?.length, other?.length, pool.take(SMALL_CHUNK)], [SMALL_CHUNK, SMALL_CHUNK, undefined]);
  if (!one || !other) throw new Error("no chunks");
  pool.give(one);
  assertEquals(pool.take(SMALL_CHUNK), one);
  pool.lose(other);
  assertEquals([pool.used, pool.take(SMALL_CHUNK) === other], [SMALL_CHUNK, false]);
});

Deno.test("half of the memory is for huge chunks, three quarters for large ones; small ones get the rest", () => {
  const pool = new ChunkPool(2 ** 26);
  const all = (size: ChunkSize) => {
    let count = 0;
    for (; pool.take(size)?.length === size; count++);
    return count;
  };
  assertEquals(all(HUGE_CHUNK), 128);
  // The one that was no huge one is large.
  assertEquals(all(LARGE_CHUNK), 255);
  assertEquals(all(SMALL_CHUNK), 4_095);
  assertEquals([pool.used, pool.take(HUGE_CHUNK)], [2 ** 26, undefined]);
});

Deno.test("memory that comes back is told to as many as it does for, who has waited for longest first", () => {
  const pool = new ChunkPool(2 * SMALL_CHUNK);
  const told: number[] = [];
  const waiters = [0, 1, 2, 3].map((index) => () => void told.push(index));
  const [one, other] = [pool.take(SMALL_CHUNK), pool.take(SMALL_CHUNK)];
  if (!one || !other) throw new Error("no chunks");
  for (const waiter of waiters) pool.wait(waiter);
  pool.give(one);
  assertEquals(told, [0]);
  // It takes nothing after all, and the second one ends before its turn.
  for (const index of [1, 0]) {
    const waiter = waiters[index];
    if (waiter) pool.leave(waiter);
  }
  assertEquals(told, [0, 2, 3]);
  pool.lose(other);
  assertEquals(told, [0, 2, 3]);
});
