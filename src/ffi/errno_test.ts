import { assertEquals } from "../../tests/harness/assert.ts";
import { errnoName } from "./errno.ts";

Deno.test("errnoName() says what it is and its name", () => {
  assertEquals(errnoName(2), "no such file or directory (ENOENT)");
});

Deno.test("errnoName() keeps an unknown number", () => {
  assertEquals(errnoName(9999), "errno 9999");
});
