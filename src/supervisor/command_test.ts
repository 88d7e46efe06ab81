import { assertEquals } from "../../tests/harness/assert.ts";
import { type CommandEnd, pauseBefore, restarts } from "./command.ts";

const exited = (code: number): CommandEnd => ({
  kind: "exited",
  code,
  signal: null,
  outOfMemory: false,
  timedOut: false,
});

Deno.test("restarts() follows the policy", () => {
  assertEquals([restarts("no", exited(1)), restarts("no", undefined)], [false, false]);
  assertEquals([restarts("on-failure", exited(0)), restarts("on-failure", exited(3))], [false, true]);
  assertEquals(restarts("on-failure", undefined), true);
  assertEquals([restarts("always", exited(0)), restarts("always", exited(1))], [true, true]);
});

Deno.test("pauseBefore() doubles up to a minute", () => {
  assertEquals([0, 1, 2, 5, 6, 40].map(pauseBefore), [1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});
