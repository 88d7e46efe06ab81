import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { lookUp, UnsupportedSpecError } from "./runtime_spec.ts";

Deno.test("lookUp() finds a word, and names the field and the word that it does not find", () => {
  assertEquals(lookUp({ a: 0 }, "a", "linux.x"), 0);
  const error = assertThrows(() => lookUp({ a: 0 }, "b", "linux.x"), UnsupportedSpecError);
  assertEquals([error.field, error.value], ["linux.x", "b"]);
  assertThrows(() => lookUp({ a: 0 }, "toString", "linux.x"), UnsupportedSpecError, "toString");
});
