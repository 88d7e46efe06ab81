import { assertEquals, assertRejects, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf, hexOf, verified, Verifier, verifyBytes } from "./digest.ts";

const abc = new TextEncoder().encode("abc");
// FIPS 180-2, appendix B.1
const digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Deno.test("digestOf() is SHA-256", () => {
  assertEquals(digestOf(abc), digest);
  assertEquals(`sha256:${hexOf(digest)}`, digest);
});

Deno.test("verifyBytes() refuses other bytes", () => {
  verifyBytes(abc, digest, "it");
  assertThrows(
    () => verifyBytes(new Uint8Array(3), digest, "the manifest"),
    SmolvmError,
    "verify the manifest",
  );
});

Deno.test("verified() passes the right bytes on", async () => {
  const stream = verified(ReadableStream.from([abc.subarray(0, 1), abc.subarray(1)]), { digest, size: 3 });
  const text = new TextDecoder();
  assertEquals((await Array.fromAsync(stream, (piece) => text.decode(piece))).join(""), "abc");
});

Deno.test("verified() fails at the end of short or changed bytes", async () => {
  for (
    const [bytes, words] of [["ab", "it has 2 bytes, not the 3"], [
      "abd",
      "its content has the digest",
    ]] as const
  ) {
    const stream = verified(ReadableStream.from([new TextEncoder().encode(bytes)]), { digest, size: 3 });
    await assertRejects(() => Array.fromAsync(stream), SmolvmError, words);
  }
});

Deno.test("Verifier.update() stops at the first byte too many", () => {
  const verifier = new Verifier({ digest, size: 2 });
  assertThrows(() => verifier.update(abc), SmolvmError, "longer than the 2 bytes");
});
