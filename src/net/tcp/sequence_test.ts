import fc from "fast-check";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { before, distance, plus } from "./sequence.ts";

Deno.test("a number that is a little further comes later, across 2^32 too", () => {
  const step = fc.integer({ min: 1, max: 2 ** 31 - 1 });
  fc.assert(fc.property(fc.nat(0xffffffff), step, (from, count) => {
    const to = plus(from, count);
    assertEquals([before(from, to), before(to, from), distance(from, to)], [true, false, count]);
  }));
  assertEquals([plus(0xffffffff, 1), before(0xffffffff, 0), before(7, 7)], [0, true, false]);
});
