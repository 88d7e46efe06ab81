import * as v from "valibot";
import { assertEquals } from "../../tests/harness/assert.ts";
import { endSchema } from "./run_end.ts";

Deno.test("endSchema takes an end with and without an exit code or a failure, and nothing else", () => {
  const at = "2026-01-01T00:00:00Z";
  const ends = [{ at, exitCode: 0 }, { at, exitCode: null, failure: "its VM ended" }];
  for (const end of ends) assertEquals(v.parse(endSchema, end), end);
  for (const wrong of [{ at }, { exitCode: 0 }, { at, exitCode: "0" }, { at, exitCode: 0, failure: 1 }]) {
    assertEquals(v.is(endSchema, wrong), false);
  }
});
