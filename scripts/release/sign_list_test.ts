import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import { findProgram } from "../../src/engine/programs.ts";
import { parsePublicKey, verifyFile } from "../../src/release/minisign.ts";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { parseSecretKey, publicLine, signFile } from "./sign_list.ts";
import { secretLine } from "../../tests/harness/signing_key.ts";

const file = new TextEncoder().encode("digest  file\n");

Deno.test("signFile() makes what verifyFile() takes, and a changed byte, comment or key is found", () => {
  const key = parseSecretKey(secretLine());
  const own = parsePublicKey(publicLine(key));
  const text = signFile(file, key, "smolvm 1.2.3");
  assertEquals(verifyFile(file, text, own).comment, "smolvm 1.2.3");
  assertThrows(
    () => verifyFile(new TextEncoder().encode("digesT  file\n"), text, own),
    TypeError,
    "was changed",
  );
  assertThrows(() => verifyFile(file, text.replace("1.2.3", "1.2.4"), own), TypeError, "was changed");
  const other = parsePublicKey(publicLine(parseSecretKey(secretLine())));
  assertThrows(() => verifyFile(file, text, other), TypeError, "another key");
  assertThrows(() => verifyFile(file, "none", own), TypeError, "none of minisign's");
});

Deno.test("parseSecretKey() refuses a key with a password, and what is no key", () => {
  const locked = Buffer.from(secretLine(), "base64");
  locked.write("Sc", 2);
  assertThrows(() => parseSecretKey(locked.toString("base64")), TypeError, "has a password");
  assertThrows(() => parseSecretKey("RWQ"), TypeError, "no secret key");
  assertEquals(generateKeyPairSync("ed25519").publicKey.asymmetricKeyType, "ed25519");
});

Deno.test({
  name: "minisign itself verifies our signature, and we read its key",
  ignore: findProgram("minisign") === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const run = async (...args: string[]) =>
        (await new Deno.Command("minisign", { args, cwd: folder, stdin: "null" }).output()).code;
      assertEquals(await run("-G", "-W", "-p", "key.pub", "-s", "key"), 0);
      const key = parseSecretKey(await Deno.readTextFile(`${folder}/key`));
      const theirs = parsePublicKey(await Deno.readTextFile(`${folder}/key.pub`));
      assertEquals(parsePublicKey(publicLine(key)), theirs);
      await Deno.writeFile(`${folder}/list`, file);
      await Deno.writeTextFile(`${folder}/list.minisig`, signFile(file, key, "smolvm"));
      assertEquals(await run("-V", "-q", "-P", publicLine(key), "-m", "list"), 0);
      assertEquals(await run("-S", "-s", "key", "-m", "list", "-t", "theirs"), 0);
      assertEquals(
        verifyFile(file, await Deno.readTextFile(`${folder}/list.minisig`), theirs).comment,
        "theirs",
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
