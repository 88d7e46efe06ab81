import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { withTrust } from "./trust_variables.ts";

const byName = (env: readonly string[]) =>
  Object.fromEntries(
    env.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );

Deno.test("withTrust() names the authority's files, keeps what the program has, and puts placeholders over all", () => {
  const before = ["PATH=/bin", "CURL_CA_BUNDLE=/own.pem", "TOKEN=of-the-image", "EMPTY="];
  const after = withTrust(before, ["TOKEN=smolvm_secret_1"]);
  const env = byName(after);
  assertEquals([env.PATH, env.CURL_CA_BUNDLE, env.TOKEN, env.EMPTY], [
    "/bin",
    "/own.pem",
    "smolvm_secret_1",
    "",
  ]);
  assertEquals(env.NODE_EXTRA_CA_CERTS, "/etc/smolvm/ca.crt");
  for (const name of ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO"]) {
    assertEquals(env[name], "/etc/smolvm/ca-certificates.crt");
  }
  assertEquals(new Set(Object.keys(env)).size, after.length);
});

Deno.test("withTrust() adds to Java's options, unless they name a store of the user's", () => {
  const java = (...env: string[]) => byName(withTrust(env, [])).JAVA_TOOL_OPTIONS;
  const ours =
    "-Djavax.net.ssl.trustStore=/etc/smolvm/ca-certificates.jks -Djavax.net.ssl.trustStoreType=JKS";
  assertEquals(java(), ours);
  assertEquals(java("JAVA_TOOL_OPTIONS=-Xmx1g"), `-Xmx1g ${ours}`);
  const own = "-Djavax.net.ssl.trustStore=/my.jks";
  assertEquals(java(`JAVA_TOOL_OPTIONS=${own}`), own);
  assertTrue(withTrust([], []).every((word) => word.includes("=")));
});
