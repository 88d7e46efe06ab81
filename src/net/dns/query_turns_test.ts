import { assertEquals } from "../../../tests/harness/assert.ts";
import { QueryTurns } from "./query_turns.ts";

Deno.test("QueryTurns let a thousand queries through at once, and 500 a second from then on", () => {
  let now = 0;
  const turns = new QueryTurns(() => now);
  const passed = (tries: number) =>
    Array.from({ length: tries }, () => turns.isInTime()).filter(Boolean).length;
  assertEquals(passed(1_500), 1_000);
  now = 100;
  assertEquals(passed(100), 50);
  now = 100_000;
  assertEquals(passed(1_500), 1_000);
});

Deno.test("QueryTurns have 64 at work, 512 waiting in their order, and no place for more", async () => {
  const turns = new QueryTurns(() => 0);
  const order: number[] = [];
  const gates = Array.from({ length: 577 }, () => Promise.withResolvers<void>());
  const all = gates.map((gate, index) =>
    turns.take(async () => {
      order.push(index);
      await gate.promise;
      return index;
    })
  );
  assertEquals(order.length, 64);
  assertEquals(await all[576], undefined);
  for (const gate of gates) gate.resolve();
  assertEquals((await Promise.all(all)).slice(0, 576), Array.from({ length: 576 }, (_, index) => index));
  assertEquals(order, Array.from({ length: 576 }, (_, index) => index));
});

Deno.test("a query that fails leaves its place", async () => {
  const turns = new QueryTurns(() => 0);
  for (let index = 0; index < 100; index++) {
    await turns.take(() => Promise.reject(new Error("no"))).catch(() => {});
  }
  assertEquals(await turns.take(() => Promise.resolve("yes")), "yes");
});
