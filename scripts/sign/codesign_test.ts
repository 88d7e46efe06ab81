import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { codesignArguments, ENTITLEMENTS } from "./codesign.ts";

Deno.test("codesignArguments() signs ad hoc, or hardened with an identity", () => {
  const entitled = ["--force", "--entitlements", ENTITLEMENTS];
  assertEquals(codesignArguments("dist/smolvm"), [...entitled, "--sign", "-", "dist/smolvm"]);
  assertEquals(codesignArguments("dist/smolvm", "Developer ID"), [
    ...entitled,
    "--options",
    "runtime",
    "--timestamp",
    "--sign",
    "Developer ID",
    "dist/smolvm",
  ]);
});

Deno.test("the entitlements ask for the hypervisor, and for what V8 and a library of others need", () => {
  const plist = Deno.readTextFileSync(new URL(`../../${ENTITLEMENTS}`, import.meta.url));
  const needed = ["cs.allow-jit", "cs.allow-unsigned-executable-memory", "cs.disable-library-validation"];
  for (const key of ["hypervisor", ...needed]) {
    assertTrue(plist.includes(`<key>com.apple.security.${key}</key>\n  <true/>`), key);
  }
});
