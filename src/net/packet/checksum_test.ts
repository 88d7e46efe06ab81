import fc from "fast-check";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { complement, fold, newMemory, sumOf } from "./checksum.ts";

/** RFC 1071, section 4.1, word by word. */
function naive(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}

Deno.test("sumOf() is RFC 1071's sum, from even and odd places, of even and odd lengths", () => {
  const memory = newMemory(256);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(40), (bytes, at) => {
    memory.bytes.fill(0xa5);
    memory.bytes.set(bytes, at);
    // 0 and 0xffff are the same number in ones' complement.
    assertEquals(sumOf(memory, at, bytes.length) % 0xffff, naive(bytes) % 0xffff);
  }));
});

Deno.test("sumOf() does not overflow on 64 KiB of ones", () => {
  const memory = newMemory(65_538);
  memory.bytes.fill(0xff);
  for (const at of [0, 1]) {
    assertEquals(sumOf(memory, at, 65_535), naive(memory.bytes.subarray(at, at + 65_535)));
  }
});

Deno.test("complement() makes the sum of everything 0xffff: RFC 1071's example", () => {
  const memory = newMemory(8);
  memory.bytes.set([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
  assertEquals(sumOf(memory, 0, 8), 0xddf2);
  assertEquals(complement(0xddf2), 0x220d);
  assertEquals(fold(sumOf(memory, 0, 8) + 0x220d), 0xffff);
});
