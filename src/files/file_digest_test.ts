import { assertEquals } from "../../tests/harness/assert.ts";
import { fileDigest } from "./file_digest.ts";

Deno.test("fileDigest() is SHA-256 of all bytes, also of more than one piece", async () => {
  const path = await Deno.makeTempFile();
  try {
    // FIPS 180-4's example of one million times "a" (NIST, SHA_All.pdf).
    await Deno.writeTextFile(path, "a".repeat(1_000_000));
    assertEquals(await fileDigest(path), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  } finally {
    await Deno.remove(path);
  }
});
