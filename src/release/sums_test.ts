import { assertEquals } from "../../tests/harness/assert.ts";
import { formatSums, parseSums } from "./sums.ts";

Deno.test("formatSums() is read back by parseSums(), in the order of names", () => {
  const [a, b] = ["a".repeat(64), "b".repeat(64)];
  const text = formatSums(new Map([["z", a], ["a b", b]]));
  assertEquals(text, `${b}  a b\n${a}  z\n`);
  assertEquals([...parseSums(text)], [["a b", b], ["z", a]]);
  assertEquals([...parseSums(`# ${a}  x\n${a} *y\nshort  z\n`)], [["y", a]]);
});
