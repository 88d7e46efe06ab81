import { machoFile } from "../../tests/harness/macho_file.ts";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { segmentsOf } from "./macho.ts";

Deno.test("segmentsOf() reads segments and sections by the load commands alone", () => {
  const file = machoFile();
  const [text, link] = segmentsOf(file.subarray(0, 400));
  assertEquals([text?.name, text?.offset, text?.size], ["__TEXT", 0, 16_384]);
  assertEquals(text?.sections.map(({ name, offset }) => [name, offset]), [["__text", 8192]]);
  assertEquals([link?.name, link?.offset, link?.address], ["__LINKEDIT", 16_384, 0x1_0000_4000]);
});

Deno.test("segmentsOf() refuses what is no Mach-O, and commands that lie about their length", () => {
  const file = machoFile();
  assertThrows(() => segmentsOf(new Uint8Array(64)), TypeError, "not a 64-bit Mach-O");
  assertThrows(() => segmentsOf(file.subarray(0, 100)), TypeError, "end too early");
  for (const lie of [0, 7, 0xffff_ffff]) {
    const lying = file.slice();
    new DataView(lying.buffer).setUint32(36, lie, true); // cmdsize of the first
    assertThrows(() => segmentsOf(lying), TypeError, "end too early");
  }
});
