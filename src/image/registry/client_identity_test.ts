import { assertEquals } from "../../../tests/harness/assert.ts";
import { run } from "../../../tests/registry/registry.ts";
import { makeCertificate } from "../../../tests/registry/token_server.ts";
import { identityFault } from "./client_identity.ts";

Deno.test("identityFault() says what is wrong with a pair before it can end the process", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [one, other] = [await makeCertificate(folder, "one"), await makeCertificate(folder, "other")];
    const old = `${folder}/old.crt`;
    const request = ["req", "-new", "-key", one.key, "-subj", "/CN=old", "-out", `${folder}/old.csr`];
    await run("openssl", request);
    // Without extensions it is of version 1.
    await run("openssl", ["x509", "-req", "-in", `${folder}/old.csr`, "-signkey", one.key, "-out", old]);
    const encrypted = `${folder}/encrypted.key`;
    await run("openssl", ["rsa", "-aes128", "-passout", "pass:x", "-in", one.key, "-out", encrypted]);
    const cases: [string, string, string | undefined][] = [
      [one.certificate, one.key, undefined],
      [one.certificate, other.key, "the key is another certificate's"],
      [old, one.key, "it is of X.509 version 1, and TLS wants version 3"],
      [one.certificate, encrypted, "the key is none, or has a passphrase"],
      [one.key, one.key, "there is no certificate in it"],
    ];
    for (const [certificate, keyFile, fault] of cases) {
      const [cert, key] = [Deno.readTextFileSync(certificate), Deno.readTextFileSync(keyFile)];
      assertEquals(identityFault({ cert, key }), fault, `${certificate} ${keyFile}`);
      if (fault === undefined) Deno.createHttpClient({ cert, key }).close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
