import { assertEquals } from "../../tests/harness/assert.ts";
import { makeCertificate } from "../../tests/registry/token_server.ts";
import { certificatesIn } from "./pem.ts";

Deno.test("certificatesIn() takes each certificate of a text, and nothing that only looks like one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const made = await makeCertificate(folder, "one");
    const one = (await Deno.readTextFile(made.certificate)).trim();
    const key = await Deno.readTextFile(made.key);
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    assertEquals(certificatesIn(`words\n${one}\n${broken}\n${key}${one}`), [one, one]);
    assertEquals(certificatesIn(key), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
