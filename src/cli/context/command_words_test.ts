import { assertEquals } from "../../../tests/harness/assert.ts";
import { commandWords, realWords } from "./command_words.ts";

/** A command line as the kernel has it. */
function cmdline(...words: (string | number[])[]): Uint8Array {
  const encoder = new TextEncoder();
  return new Uint8Array(
    words.flatMap((word) => [...typeof word === "string" ? encoder.encode(word) : word, 0]),
  );
}

Deno.test("realWords() gives words the bytes for which U+FFFD stands, and keeps a U+FFFD that was typed", () => {
  const kernel = cmdline("smolvm", "run", [0xff, 0x61, 0xc3], "", "\u{fffd}", [0xfe]);
  assertEquals(realWords(["run", "\u{fffd}a\u{fffd}", "", "\u{fffd}", "\u{fffd}"], kernel), [
    "run",
    "\udcffa\udcc3",
    "",
    "\u{fffd}",
    "\udcfe",
  ]);
});

Deno.test("realWords() counts from the end, for a runtime that has words of its own, and changes no other word", () => {
  assertEquals(realWords(["a", "\u{fffd}"], cmdline("deno", "run", "main.ts", "a", [0x80])), ["a", "\udc80"]);
  assertEquals(realWords(["a", "\u{fffd}"], cmdline("other")), ["a", "\u{fffd}"]);
});

Deno.test("commandWords() returns words without U+FFFD as they are", () => {
  const args = ["run", "é"];
  assertEquals(commandWords(args) === args, true);
});
