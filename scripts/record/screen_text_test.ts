import { assertEquals } from "../../tests/harness/assert.ts";
import { readScreenLine } from "./screen_text.ts";

const plain = { bold: false, dim: false };

Deno.test("readScreenLine() has pieces with their look, and no blanks at the end", () => {
  assertEquals(readScreenLine("\x1b[1;32m$\x1b[0m ls  "), [
    { text: "$", bold: true, dim: false, colour: 2 },
    { text: " ls", ...plain },
  ]);
  assertEquals(readScreenLine("\x1b[2ma\x1b[22mb\x1b[94mc\x1b[39md"), [
    { text: "a", bold: false, dim: true },
    { text: "b", ...plain },
    { text: "c", ...plain, colour: 12 },
    { text: "d", ...plain },
  ]);
  assertEquals(readScreenLine("   "), []);
});
