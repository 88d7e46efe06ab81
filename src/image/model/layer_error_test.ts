import { assertEquals } from "../../../tests/harness/assert.ts";
import { quoteName } from "./layer_error.ts";

Deno.test("quoteName() shows a byte string as text, shortened, without control bytes", () => {
  assertEquals(quoteName("caf\xc3\xa9"), '"café"');
  assertEquals(quoteName("a\x1b[31m\n"), '"a\\u001b[31m\\n"');
  assertEquals(quoteName("\xff"), '"\ufffd"');
  assertEquals(quoteName("x".repeat(120)), JSON.stringify("x".repeat(120)));
  assertEquals(quoteName("x".repeat(121)), JSON.stringify("x".repeat(120) + "…"));
});
