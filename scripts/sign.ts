/**
 * Signs a macOS binary with the entitlements it needs: ad hoc for one's own machine, or with a Developer ID
 * for others.
 *
 *     deno task sign dist/smolvm                       # ad hoc
 *     SIGN_IDENTITY="Developer ID Application: …" deno task sign dist/smolvm
 *
 * @module
 */
import { codesignArguments } from "./sign/codesign.ts";

if (import.meta.main) {
  const [binary] = Deno.args;
  if (binary === undefined || Deno.build.os !== "darwin") {
    const why = binary === undefined ? "no file is named" : "codesign is a program of macOS";
    console.error(`sign: cannot sign: ${why}; run it on a Mac as deno task sign dist/smolvm`);
    Deno.exit(1);
  }
  const args = codesignArguments(binary, Deno.env.get("SIGN_IDENTITY"));
  const { code } = await new Deno.Command("codesign", { args, stdin: "null" }).spawn().status;
  Deno.exit(code);
}
