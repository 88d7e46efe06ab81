import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { Authority } from "../../src/net/secrets/authority.ts";
import { bundleWith } from "./authority.ts";
import { keystore } from "./keystore.ts";

Deno.test("bundleWith() puts one authority behind the others, in place of an earlier start's", () => {
  const first = bundleWith("one\ntwo", "CERTIFICATE A\n");
  assertMatch(first, /^one\ntwo\n# .*\nCERTIFICATE A\n# .*\n$/);
  assertEquals(bundleWith(first, "CERTIFICATE B\n"), first.replace("CERTIFICATE A", "CERTIFICATE B"));
  assertEquals(bundleWith(`${first}three\n`, "C\n").startsWith("one\ntwo\nthree\n# "), true);
  assertMatch(bundleWith("", "A\n"), /^# .*\nA\n# .*\n$/);
});

Deno.test("keystore() has each certificate whole, and ends in the digest that Java checks", async () => {
  const certificates = [new Authority().certificate, new Authority().certificate];
  const store = await keystore(certificates.join("words between\n"));
  const view = new DataView(store.buffer);
  assertEquals([view.getUint32(0), view.getUint32(4), view.getUint32(8)], [0xfeedfeed, 2, 2]);
  const hex = store.toHex();
  for (const certificate of certificates) {
    const body = certificate.replaceAll(/-----[^-]+-----/g, "");
    assertEquals(hex.includes(Uint8Array.fromBase64(body).toHex()), true);
  }
  const salted = new TextEncoder().encode("\0c\0h\0a\0n\0g\0e\0i\0tMighty Aphrodite");
  const digest = await crypto.subtle.digest("SHA-1", Uint8Array.of(...salted, ...store.subarray(0, -20)));
  assertEquals(new Uint8Array(digest).toHex(), store.subarray(-20).toHex());
});
