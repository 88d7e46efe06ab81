import { assertEquals } from "../../tests/harness/assert.ts";
import { joinedBytes } from "./joined_bytes.ts";

Deno.test("joinedBytes() keeps the order, and takes lists of numbers, empty pieces and none at all", () => {
  assertEquals(
    joinedBytes(Uint8Array.of(1, 2), [3], new Uint8Array(0), Uint8Array.of(4, 5).subarray(1)),
    Uint8Array.of(1, 2, 3, 5),
  );
  assertEquals(joinedBytes(), new Uint8Array(0));
});
