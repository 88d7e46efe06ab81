import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { parseDetachKeys } from "./detach_keys.ts";

Deno.test("parseDetachKeys() knows characters and every key with Ctrl", () => {
  assertEquals([...parseDetachKeys("--detach-keys", "ctrl-p,ctrl-q")], [16, 17]);
  assertEquals([...parseDetachKeys("--detach-keys", "a,Ctrl-A,ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_")], [
    97,
    1,
    0,
    27,
    28,
    29,
    30,
    31,
  ]);
});

Deno.test("parseDetachKeys() refuses what is no key, by name", () => {
  for (
    const [text, key] of [["ctrl-p,", '""'], ["ctrl", '"ctrl"'], ["ctrl-1", '"ctrl-1"'], [
      "é",
      '"é"',
    ]] as const
  ) {
    const error = assertThrows(() => parseDetachKeys("--detach-keys", text), SmolvmError, `${key} is no key`);
    assertEquals(error.kind, "usage");
  }
});
