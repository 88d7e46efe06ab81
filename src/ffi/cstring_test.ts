import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { cString } from "./cstring.ts";

Deno.test("cString() ends with NUL", () => {
  assertEquals([...cString("é")], [0xc3, 0xa9, 0]);
});

Deno.test("cString() refuses a NUL inside", () => {
  assertThrows(() => cString("a\0b"), TypeError, "holds a NUL");
});
