import fc from "fast-check";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { putU16, putU32, sameBytes, u16, u32 } from "./bytes.ts";

Deno.test("u16() and u32() read what was written, in network order", () => {
  const bytes = new Uint8Array(8);
  fc.assert(fc.property(fc.nat(0xffff), fc.nat(0xffffffff), (short, long) => {
    putU16(bytes, 1, short);
    putU32(bytes, 3, long);
    const view = new DataView(bytes.buffer);
    assertEquals([u16(bytes, 1), u32(bytes, 3)], [short, long]);
    assertEquals([view.getUint16(1), view.getUint32(3)], [short, long]);
  }));
});

Deno.test("u32() past the end is made of zeros", () => {
  assertEquals(u32(new Uint8Array([1, 2, 3]), 1), 0x02030000);
  assertEquals(u32(new Uint8Array(0), 9), 0);
});

Deno.test("sameBytes() compares only what it is told to", () => {
  const bytes = new Uint8Array([1, 2, 3, 1, 2, 4]);
  assertEquals(sameBytes(bytes, 0, bytes, 3, 2), true);
  assertEquals(sameBytes(bytes, 0, bytes, 3, 3), false);
});
