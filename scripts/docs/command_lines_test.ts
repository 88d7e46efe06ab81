import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { commandLines } from "./command_lines.ts";

const read = (...lines: string[]) => commandLines(lines.join("\n"));

Deno.test("commandLines() finds command lines in blocks, with what is said of them", () => {
  const found = read(
    "Text.",
    "```",
    "# Make it",
    "smolvm create --name web   # from nothing",
    "smolvm start web",
    "",
    "SMOLVM_LOG=debug ./dist/smolvm ls | wc -l; sudo smolvm ps",
    "smolvm: blocked: x",
    "cat smolvm",
    "```",
  );
  assertEquals(found.map(({ line, words, about }) => [line, words.join(" "), about]), [
    [4, "create --name web", "from nothing"],
    [5, "start web", "Make it"],
    [7, "ls", ""],
    [7, "ps", ""],
  ]);
  assertEquals(found[0]?.text, "smolvm create --name web");
});

Deno.test("commandLines() joins lines that a backslash ends, and takes a prompt away", () => {
  const found = read("```console", "$ smolvm run \\", "    alpine ls", "bin", "```");
  assertEquals(found.map(({ words }) => words), [["run", "alpine", "ls"]]);
});

Deno.test("commandLines() passes over a drawing, and refuses a command line that no shell would read", () => {
  assertEquals(read("```", " terminal ── smolvm (CLI) ── the VM's link", "```"), []);
  assertThrows(() => read("```", "smolvm run alpine echo 'a", "```"), TypeError, "a quote has no end");
});

Deno.test("commandLines() leaves blocks of other languages alone", () => {
  assertEquals(read("```toml", "smolvm run it's", "```", "```ts", "smolvm run", "```"), []);
});

Deno.test("commandLines() finds what a sentence names", () => {
  const found = read(
    "Say `smolvm doctor`, or `SMOLVM_LOG=debug smolvm run alpine`; `run` and `smolvm` are words.",
  );
  assertEquals(found.map(({ words, block }) => [words.join(" "), block]), [["doctor", false], [
    "run alpine",
    false,
  ]]);
});
