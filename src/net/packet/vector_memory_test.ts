import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { newMemory, sumOf } from "./checksum.ts";
import { newVectorMemory, VECTOR_BLOCK } from "./vector_memory.ts";

const SIZE = 131_072;
const [vector, plain] = [newVectorMemory(SIZE), newMemory(SIZE)];

Deno.test("here there is memory with vectors, of the size that was asked for", () => {
  assertTrue(vector.sumBlocks, "sums of blocks");
  assertEquals([vector.bytes.length, newVectorMemory(100).bytes.length], [SIZE, 100]);
});

Deno.test("sumOf() gives the same sum with vectors and without, from everywhere and of every length", () => {
  const bytes = new Uint8Array(SIZE);
  for (let at = 0; at < SIZE; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  for (const { bytes: to } of [vector, plain]) to.set(bytes);
  const around = fc.oneof(
    fc.nat(4 * VECTOR_BLOCK),
    fc.integer({ min: 240, max: 280 }),
    fc.integer({ min: 65_400, max: 65_550 }),
  );
  fc.assert(fc.property(fc.nat(65_000), around, (at, length) => {
    assertEquals(sumOf(vector, at, length), sumOf(plain, at, length));
  }));
});

Deno.test("the sums of 64 KiB of ones do not overflow", () => {
  for (const { bytes } of [vector, plain]) bytes.fill(0xff);
  for (const at of [0, 1, 2]) assertEquals(sumOf(vector, at, 65_550), sumOf(plain, at, 65_550));
});
