import { assertEquals } from "../../../tests/harness/assert.ts";
import { Allowance } from "./allowance.ts";

Deno.test("Allowance gives what there is, nothing of what is too much, and again what came back", () => {
  const bytes = new Allowance(10);
  assertEquals([bytes.take(6), bytes.take(5), bytes.take(4), bytes.take(1)], [true, false, true, false]);
  bytes.give(6);
  assertEquals([bytes.take(6), bytes.take(1)], [true, false]);
});
