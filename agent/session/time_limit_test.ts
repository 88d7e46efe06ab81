import { assertEquals } from "../../tests/harness/assert.ts";
import { delay } from "../../src/async/delay.ts";
import { TimeLimit } from "./time_limit.ts";

Deno.test("TimeLimit does what was set last, once", async () => {
  const done: string[] = [];
  using limit = new TimeLimit(20);
  limit.onceOver(() => done.push("kill"));
  limit.onceOver(() => done.push("leave"));
  await delay(60);
  assertEquals(done, ["leave"]);
});

Deno.test("TimeLimit does at once what is set after the time is up", async () => {
  const done: string[] = [];
  using limit = new TimeLimit(1);
  await delay(30);
  limit.onceOver(() => done.push("leave"));
  assertEquals(done, ["leave"]);
});

Deno.test("TimeLimit of 0, and one that was disposed, never does anything", async () => {
  const done: string[] = [];
  using none = new TimeLimit(0);
  none.onceOver(() => done.push("none"));
  {
    using disposed = new TimeLimit(5);
    disposed.onceOver(() => done.push("disposed"));
  }
  await delay(30);
  assertEquals(done, []);
});
