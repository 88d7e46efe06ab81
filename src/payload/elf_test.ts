import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { elfHeader } from "../../tests/harness/payload_file.ts";
import { elfEnd } from "./elf.ts";

Deno.test("elfEnd() is where the section headers end", () => {
  assertEquals(elfEnd(elfHeader(123_456)), 123_456);
});

Deno.test("elfEnd() of a linker's own output is the file's size", async () => {
  const path = "/bin/true";
  const bytes = await Deno.readFile(path);
  assertEquals(elfEnd(bytes), bytes.length);
});

Deno.test("elfEnd() refuses scripts, 32-bit and big-endian files, and what is too short", () => {
  const wide = elfHeader(1000);
  wide[4] = 1; // ELFCLASS32
  const big = elfHeader(1000);
  big[5] = 2; // ELFDATA2MSB
  for (const bytes of [new Uint8Array(100), wide, big, elfHeader(1000).subarray(0, 63)]) {
    assertThrows(() => elfEnd(bytes), TypeError, "not an ELF64 file");
  }
});
