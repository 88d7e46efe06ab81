import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { readShellLine } from "./shell_words.ts";

const words = (line: string) => readShellLine(line).commands.map((command) => command.words.join("|"));

Deno.test("readShellLine() splits words at blanks, and takes quotes away", () => {
  assertEquals(words(`smolvm run alpine echo "Hello World" 'it is' a\\ b`), [
    "smolvm|run|alpine|echo|Hello World|it is|a b",
  ]);
  assertEquals(words(`sh -c 'a; b | c'"d e"f ""`), ["sh|-c|a; b | cd ef|"]);
  assertEquals(words(`echo "a \\"b\\" $HOME"`), [`echo|a "b" $HOME`]);
});

Deno.test("readShellLine() has a command for each part of a list, a pipe or a substitution", () => {
  assertEquals(words("a 1; b 2 && c 3 | d 4 || e 5 &"), ["a|1", "b|2", "c|3", "d|4", "e|5"]);
  assertEquals(words("source <(smolvm completion bash)"), ["source", "smolvm|completion|bash"]);
  assertEquals(words("kill $(smolvm ls -q)"), ["kill", "smolvm|ls|-q"]);
});

Deno.test("readShellLine() leaves files out that something is read from or written to", () => {
  assertEquals(words("a b < in > out c 2>&1 2> err d"), ["a|b|c|d"]);
});

Deno.test("readShellLine() tells a comment from a # in a word", () => {
  assertEquals(readShellLine("a b   # what it does # twice"), {
    commands: [{ words: ["a", "b"] }],
    comment: "what it does # twice",
  });
  assertEquals(words("a b#c"), ["a|b#c"]);
});

Deno.test("readShellLine() refuses a quote without an end", () => {
  assertThrows(() => readShellLine("a 'b"), TypeError, "a quote has no end");
});
