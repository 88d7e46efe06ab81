import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { INITIAL_CREDIT } from "./credit.ts";
import { giveRing, takeRing } from "./rings.ts";

Deno.test("takeRing() is small for a few bytes, holds one frame, or a whole credit", () => {
  assertEquals([takeRing(1).length, takeRing(4_096).length], [4_096, 4_096]);
  assertEquals([takeRing(4_097).length, takeRing(32_768).length], [32_768, 32_768]);
  assertEquals([takeRing(32_769).length, takeRing(INITIAL_CREDIT).length], [INITIAL_CREDIT, INITIAL_CREDIT]);
});

Deno.test("giveRing() keeps a few large rings for the next who wants one, and no small ones", () => {
  const rings = Array.from({ length: 10 }, () => takeRing(INITIAL_CREDIT));
  rings.forEach(giveRing);
  const again = Array.from({ length: 10 }, () => takeRing(INITIAL_CREDIT));
  assertEquals(again.filter((ring) => rings.includes(ring)).length, 4);
  assertEquals(new Set(again).size, 10);
  const small = takeRing(1);
  giveRing(small);
  assertTrue(takeRing(1) !== small);
});
