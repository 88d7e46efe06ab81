import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { LATE, withinDeadline } from "./deadline.ts";

Deno.test("withinDeadline() yields what comes in time, and leaves no timer", async () => {
  assertEquals(await withinDeadline(Promise.resolve(3), 60_000), 3);
});

Deno.test("withinDeadline() passes a rejection on", async () => {
  await assertRejects(() => withinDeadline(Promise.reject(new TypeError("no")), 60_000), TypeError);
});

Deno.test("withinDeadline() says when it is late, and drops what comes then", async () => {
  const { promise, reject } = Promise.withResolvers<number>();
  assertEquals(await withinDeadline(promise, 1), LATE);
  reject(new Error("nobody hears of it"));
});
