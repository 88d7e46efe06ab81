import { assertEquals } from "../../../tests/harness/assert.ts";
import { keyedHash } from "./keyed_hash.ts";

Deno.test("keyedHash() gives the reference's test vectors of HalfSipHash-2-4", () => {
  // Key 00 01 … 07, inputs of 0, 1 and 2 bytes 00 01 …
  const hashes = [0, 1, 2].map((length) =>
    keyedHash([0x03020100, 0x07060504], Uint8Array.from({ length }, (_, index) => index))
  );
  const bytes = hashes.map((hash) => {
    const made = new Uint8Array(4);
    new DataView(made.buffer).setUint32(0, hash, true);
    return made.toHex();
  });
  assertEquals(bytes, ["a9359f5b", "27475ab8", "fa62a603"]);
});
