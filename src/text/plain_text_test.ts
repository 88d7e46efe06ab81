import { assertEquals } from "../../tests/harness/assert.ts";
import { plainLine, plainText } from "./plain_text.ts";

Deno.test("plainText() takes escape sequences and control bytes out, and keeps lines", () => {
  assertEquals(plainText("\x1b[31mred\x1b[0m\x07 \x1b]bell\x9b\n"), "red bell\n");
});

Deno.test("plainLine() is one line, with its words apart", () => {
  assertEquals(plainLine("one\ntwo\tthree\x1b[0m\x9b"), "one two three ");
});
