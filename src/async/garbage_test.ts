import { assertEquals } from "../../tests/harness/assert.ts";
import { Garbage } from "./garbage.ts";

Deno.test("Garbage collects once for many that ended, at once", () => {
  let collected = 0;
  const garbage = new Garbage(() => collected++);
  for (let ended = 0; ended < 512; ended++) garbage.add();
  assertEquals(collected, 2);
});

Deno.test("Garbage collects for fewer when none has ended for a second, and not for a few", async () => {
  let collected = 0;
  const garbage = new Garbage(() => collected++);
  for (let ended = 0; ended < 15; ended++) garbage.add();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assertEquals(collected, 0);
  garbage.add();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assertEquals(collected, 1);
});
