import { createHash } from "node:crypto";
import { parseSecretKey, publicLine, signFile } from "../../scripts/release/sign_list.ts";
import { SmolvmError } from "../error.ts";
import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { secretLine } from "../../tests/harness/signing_key.ts";
import { verifyRelease } from "./verify_release.ts";

Deno.test("verifyRelease() takes the released binary, and finds a changed one, list, signature and key", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [binary, list, name] = [`${folder}/smolvm`, `${folder}/SHA256SUMS`, "smolvm-x86_64-linux"];
    const digest = createHash("sha256").update("program").digest("hex");
    const text = new TextEncoder().encode(`${digest}  ${name}\n`);
    const secret = parseSecretKey(secretLine());
    const facts = { binary, list, name, key: publicLine(secret) };
    const refused = (words: string, changed: Partial<typeof facts> = {}) =>
      assertRejects(() => verifyRelease({ ...facts, ...changed }), SmolvmError, words);
    await Deno.writeTextFile(binary, "program");
    await refused("there is no such file");
    await Deno.writeFile(list, text);
    assertEquals(await verifyRelease({ ...facts, key: undefined }), undefined);
    await refused("there is no such file");
    await Deno.writeTextFile(`${list}.minisig`, signFile(text, secret, "smolvm 1.2.3"));
    assertEquals(await verifyRelease(facts), "smolvm 1.2.3");
    await refused("another key has signed it", { key: publicLine(parseSecretKey(secretLine())) });
    await refused("it is no public key", { key: "RWQ" });
    await refused("it does not list smolvm-x86_64-darwin", { name: "smolvm-x86_64-darwin" });
    await Deno.writeTextFile(binary, "progrAm");
    await refused(`SHA256SUMS says ${digest}`);
    await Deno.writeTextFile(list, `${"0".repeat(64)}  ${name}\n`);
    await refused("it was changed after it was signed");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
