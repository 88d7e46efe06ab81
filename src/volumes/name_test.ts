import { assertEquals, assertMatch, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { checkVolumeName, newVolumeName } from "./name.ts";

Deno.test("checkVolumeName() takes Docker's names, and no other", () => {
  for (const name of ["cache", "Cache_1.2-x", "0a", "a".repeat(255), newVolumeName()]) {
    assertEquals(checkVolumeName(name), name);
  }
  for (const name of ["", "a", ".", "..", ".a", "-a", "_a", "a/b", "a b", "ä1", "a\n", "a".repeat(256)]) {
    assertThrows(() => checkVolumeName(name), SmolvmError, "it is not a volume name; use 2 to 255 letters");
  }
});

Deno.test("newVolumeName() is another one each time", () => {
  assertMatch(newVolumeName(), /^[0-9a-f]{64}$/);
  assertEquals(newVolumeName() === newVolumeName(), false);
});
