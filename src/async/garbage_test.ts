import { assertEquals } from "../../tests/harness/assert.ts";
import { collectGarbage, Garbage } from "./garbage.ts";

/** Garbage, and whether each collection of it was thorough. */
function counted() {
  const collected: boolean[] = [];
  return { collected, garbage: new Garbage((thoroughly) => collected.push(thoroughly)) };
}

const quiet = () => new Promise((resolve) => setTimeout(resolve, 1_200));

Deno.test("Garbage collects at once for many, and thoroughly when nothing has happened for a second", async () => {
  const { collected, garbage } = counted();
  for (let count = 0; count < 512; count++) garbage.add();
  assertEquals(collected, [false, false]);
  await quiet();
  assertEquals(collected, [false, false, true]);
});

Deno.test("Garbage leaves a few to V8", async () => {
  const { collected, garbage } = counted();
  for (let count = 0; count < 63; count++) garbage.add();
  await quiet();
  assertEquals(collected, []);
  garbage.add();
  await quiet();
  assertEquals(collected, [true]);
});

Deno.test("collectGarbage() does nothing where V8 does not offer it", () => {
  collectGarbage(false);
  collectGarbage(true);
});

Deno.test("one that is disposed of leaves no timer", () => {
  using garbage = new Garbage(() => {});
  for (let count = 0; count < 100; count++) garbage.add();
});
