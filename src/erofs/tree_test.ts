import { assertEquals } from "../../tests/harness/assert.ts";
import { bytesToByteString, byteString, byteStringToBytes } from "./tree.ts";

Deno.test("byteString() has one character per byte of UTF-8", () => {
  assertEquals(byteString("bin"), "bin");
  assertEquals(byteString("é"), "\u00c3\u00a9");
});

Deno.test("bytesToByteString() and byteStringToBytes() keep every byte, in arrays of any length", () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index & 0xff);
  const text = bytesToByteString(bytes);
  assertEquals([text.length, text.charCodeAt(0x80), text.charCodeAt(0x9f)], [10_000, 0x80, 0x9f]);
  assertEquals(byteStringToBytes(text), bytes);
});

Deno.test("byte strings sort as their bytes do", () => {
  const names = ["\u{1f600}", "z", "\uffff", "é", "a"].map(byteString);
  const byCharacter = [...names].sort().map(byteStringToBytes);
  for (let index = 1; index < byCharacter.length; index++) {
    const [left = new Uint8Array(), right = new Uint8Array()] = [byCharacter[index - 1], byCharacter[index]];
    const differs = left.findIndex((byte, at) => byte !== right[at]);
    assertEquals((left[differs] ?? 0) < (right[differs] ?? 256), true);
  }
});
