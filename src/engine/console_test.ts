import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { ConsoleTail } from "./console.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("ConsoleTail keeps the last lines across chunks", () => {
  const tail = new ConsoleTail();
  for (const part of ["one\r\ntw", "o\n\nthr", "ee"]) tail.add(bytes(part));
  assertEquals(tail.lines(2), ["two", "three"]);
});

Deno.test("ConsoleTail forgets the beginning of endless output", () => {
  const tail = new ConsoleTail();
  for (let index = 0; index < 5_000; index++) tail.add(bytes(`line ${index} ${"x".repeat(100)}\n`));
  const lines = tail.lines(100_000);
  assertTrue(lines.length < 800, String(lines.length));
  assertTrue(lines.at(-1)?.startsWith("line 4999 "));
});
