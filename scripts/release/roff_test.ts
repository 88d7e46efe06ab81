import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { bold, escapeRoff, item, paragraph, section } from "./roff.ts";

Deno.test("escapeRoff() leaves troff nothing to read", () => {
  assertEquals(escapeRoff("a-b \\n 'q' ~/x"), "a\\-b \\en \\(aqq\\(aq \\(ti/x");
  assertEquals(escapeRoff(".SH X\n.B"), "\\&.SH X\n\\&.B");
  assertEquals(bold("--rm"), "\\fB\\-\\-rm\\fR");
});

Deno.test("paragraph() breaks lines, and begins none with a macro", () => {
  const lines = paragraph(`${"word ".repeat(15)}.hidden ${"more ".repeat(20)}`).split("\n");
  assertTrue(lines.every((line) => line.length <= 80 && !line.startsWith(".")));
  assertEquals(lines.length, 3);
});

Deno.test("item() and section() are what man(7) says", () => {
  assertEquals(item("\\fBa\\fR", "b  c"), ".TP\n\\fBa\\fR\nb c");
  assertEquals(section("OPTIONS", []), []);
  assertEquals(section("OPTIONS", ["x"]), [".SH OPTIONS", "x"]);
});
