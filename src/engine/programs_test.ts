import { assertEquals } from "../../tests/harness/assert.ts";
import { findProgram } from "./programs.ts";

Deno.test("findProgram() looks in PATH", () => {
  assertEquals(findProgram("sh")?.endsWith("/sh"), true);
  assertEquals(findProgram("no-such-program"), undefined);
});
