import { assertEquals } from "../../tests/harness/assert.ts";
import { encodeDirectoryBlock, shapeDirectory } from "./directory.ts";

const entry = (name: string) => ({ name, type: 1 });

Deno.test("shapeDirectory() sorts names as bytes, not as a language does", () => {
  const { blocks, size } = shapeDirectory(["b", "B", "\xe4", "ab", ".", ".."].map(entry));
  assertEquals(blocks.map((block) => block.map(({ name }) => name)), [[".", "..", "B", "ab", "b", "\xe4"]]);
  assertEquals(size, 6 * 12 + 8);
});

Deno.test("shapeDirectory() fills blocks to their last byte, and no further", () => {
  // 16 entries of 12 + 244 bytes are one block of 4096.
  const names = Array.from({ length: 16 }, (_, at) => String.fromCharCode(97 + at).padEnd(244, "x"));
  assertEquals(shapeDirectory(names.map(entry)).blocks.length, 1);
  assertEquals(shapeDirectory(names.map(entry)).size, 4096);
  const more = shapeDirectory([...names, "z"].map(entry));
  assertEquals([more.blocks.map(({ length }) => length), more.size], [[16, 1], 4096 + 13]);
});

Deno.test("encodeDirectoryBlock() writes struct erofs_dirent and then the names", () => {
  const entries = [{ name: "a", type: 2 }, { name: "b\xff", type: 7 }];
  const bytes = encodeDirectoryBlock(entries, ({ name }) => name === "a" ? 0x0102 : 2 ** 33);
  assertEquals(
    bytes.toHex(),
    [
      "0201000000000000" + "1800" + "02" + "00",
      "0000000002000000" + "1900" + "07" + "00",
      "61" + "62ff",
    ].join(""),
  );
});
