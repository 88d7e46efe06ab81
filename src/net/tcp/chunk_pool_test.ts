import { assertEquals } from "../../../tests/harness/assert.ts";
import { ChunkPool, LARGE_CHUNK, SMALL_CHUNK } from "./chunk_pool.ts";

Deno.test("a pool hands out no more than its limit, and again what was given back", () => {
  const pool = new ChunkPool(LARGE_CHUNK + SMALL_CHUNK);
  const large = pool.take(LARGE_CHUNK);
  const small = pool.take(SMALL_CHUNK);
  assertEquals([large?.length, small?.length, pool.take(SMALL_CHUNK)], [LARGE_CHUNK, SMALL_CHUNK, undefined]);
  if (!large || !small) throw new Error("no chunks");
  pool.give(small);
  assertEquals(pool.take(SMALL_CHUNK), small);
  pool.lose(large);
  assertEquals([pool.used, pool.take(LARGE_CHUNK) === large], [SMALL_CHUNK, false]);
});
