import { X509Certificate } from "node:crypto";
import { assertEquals, assertMatch, assertTrue } from "../../../tests/harness/assert.ts";
import { AUTHORITY_HASH } from "../../guest_protocol/network.ts";
import { Authority } from "./authority.ts";

const DAY = 86_400_000;

Deno.test("Authority makes certificates that OpenSSL finds sound, strictly, and no other authority's", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [authority, another] = [new Authority(), new Authority()];
    const leaf = authority.leaf("api.example");
    await Deno.writeTextFile(`${folder}/ca.pem`, authority.certificate);
    await Deno.writeTextFile(`${folder}/other.pem`, another.certificate);
    await Deno.writeTextFile(`${folder}/leaf.pem`, leaf.cert);
    const verify = async (trusted: string, host: string) => {
      const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host];
      const { code, stderr } = await new Deno.Command("openssl", {
        args: [...args, "-CAfile", `${folder}/${trusted}.pem`, `${folder}/leaf.pem`],
      }).output();
      return [code, new TextDecoder().decode(stderr)] as const;
    };
    assertEquals(await verify("ca", "api.example"), [0, ""]);
    const hash = await new Deno.Command("openssl", {
      args: ["x509", "-noout", "-subject_hash", "-in", `${folder}/ca.pem`],
    }).output();
    assertEquals(new TextDecoder().decode(hash.stdout).trim(), AUTHORITY_HASH);
    assertEquals((await verify("ca", "evil.example"))[0], 2);
    assertEquals((await verify("other", "api.example"))[0], 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Authority keeps a leaf for a day, and its key in no certificate", () => {
  let now = Date.UTC(2049, 11, 1);
  const authority = new Authority(() => now);
  const own = new X509Certificate(authority.certificate);
  assertEquals(own.ca, true);
  // Ten years on it is 2059, which UTCTime has no digits for.
  assertMatch(own.validTo, /2059/);
  const first = authority.leaf("a.example");
  const seen = new X509Certificate(first.cert);
  assertEquals(seen.ca, false);
  now += DAY - 1;
  assertEquals(authority.leaf("a.example").cert, first.cert);
  now += 1;
  assertTrue(authority.leaf("a.example").cert !== first.cert);
  assertTrue(!authority.certificate.includes("PRIVATE"));
});
