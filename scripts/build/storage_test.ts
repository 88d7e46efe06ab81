import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { createStorage, MIN_STORAGE_BYTES } from "../../src/payload/storage.ts";
import { storageTemplates } from "./storage.ts";

const MIB = 2 ** 20;

/** What a filesystem checker says of a disk: its exit code, and its lines. */
async function check(disk: string): Promise<{ code: number; text: string }> {
  const { code, stdout } = await new Deno.Command("/sbin/e2fsck", { args: ["-fn", disk] }).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

Deno.test("storageTemplates make clean, sparse disks of any size, the same ones each time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await storageTemplates.make(`${folder}/storage.json`);
    await storageTemplates.make(`${folder}/again.json`);
    assertTrue(
      await Deno.readTextFile(`${folder}/storage.json`) === await Deno.readTextFile(`${folder}/again.json`),
      "the templates differ from one build to the next",
    );
    for (const bytes of [MIN_STORAGE_BYTES, 700 * MIB, 1024 * MIB, 20_480 * MIB, 100_000 * MIB]) {
      const disk = `${folder}/disk-${bytes}`;
      createStorage(disk, bytes, `${folder}/storage.json`);
      const { code, text } = await check(disk);
      assertEquals(code, 0, text);
      assertTrue(text.includes("smolvm-storage: 11/"), text); // its label, and lost+found alone
      assertTrue(((await Deno.stat(disk)).blocks ?? Infinity) * 512 < MIB, "the disk is sparse");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
