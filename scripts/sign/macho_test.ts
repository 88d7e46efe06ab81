import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { machoFile } from "../../tests/harness/macho_file.ts";
import { environmentKeys, findRcodesign, rcodesignArguments, signBinary } from "./macho.ts";

Deno.test("rcodesignArguments() signs ad hoc without a certificate, and for notarization with one", () => {
  const common = ["sign", "--binary-identifier", "smolvm", "--entitlements-xml-file", "entitlements.plist"];
  assertEquals(rcodesignArguments("smolvm", {}), [...common, "smolvm"]);
  assertEquals(rcodesignArguments("smolvm", { p12: "/key.p12", p12PasswordFile: "/word" }), [
    ...common,
    ...["--p12-file", "/key.p12", "--p12-password-file", "/word", "--code-signature-flags", "runtime"],
    "smolvm",
  ]);
});

Deno.test("environmentKeys() are none in an empty environment", () => {
  assertEquals(Object.values(environmentKeys(() => undefined)).filter((key) => key !== undefined), []);
  assertEquals(environmentKeys((name) => name).p12, "SIGN_P12");
});

Deno.test("signBinary() gives a Mach-O our entitlements, and a signature that fits it", {
  ignore: findRcodesign() === undefined,
}, async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, machoFile());
    await assertRejects(() => signBinary(path, {}), Error, "rcodesign sign");
  } finally {
    await Deno.remove(path);
  }
});
