import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { newId } from "./ids.ts";

Deno.test("newId() is 12 hex digits, and another one each time", () => {
  const ids = Array.from({ length: 1_000 }, newId);
  for (const id of ids) assertMatch(id, /^[0-9a-f]{12}$/);
  assertEquals(new Set(ids).size, ids.length);
});
