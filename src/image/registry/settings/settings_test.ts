import { join } from "node:path";
import { assertEquals, assertRejects } from "../../../../tests/harness/assert.ts";
import { SmolvmError } from "../../../error.ts";
import { readSettings } from "./settings.ts";

Deno.test("readSettings() lets a later file's table take the place of one with its prefix, and adds the others", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const dropIns = join(folder, "registries.conf.d");
    await Deno.mkdir(dropIns);
    const table = (location: string, more = "") => `[[registry]]\nlocation = "${location}"\n${more}\n`;
    const mirror = `[[registry.mirror]]\nlocation = "m.io"`;
    await Deno.writeTextFile(join(folder, "registries.conf"), table("a.io", mirror) + table("b.io"));
    await Deno.writeTextFile(join(dropIns, "1.conf"), table("a.io", "insecure = true") + table("c.io"));
    await Deno.writeTextFile(join(dropIns, "2.conf"), table("a.io", "blocked = true"));
    const read = () => readSettings(() => undefined, folder);
    const found = (await read()).map(({ prefix, file, insecure, blocked, mirrors }) =>
      [prefix, file.slice(folder.length + 1), insecure, blocked, mirrors.length].join(" ")
    );
    assertEquals(found.sort(), [
      "a.io registries.conf.d/2.conf false true 0",
      "b.io registries.conf false false 0",
      "c.io registries.conf.d/1.conf false false 0",
    ]);
    await Deno.writeTextFile(join(dropIns, "3.conf"), "[[registry]\n");
    await assertRejects(read, SmolvmError, "3.conf: line 1: ");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
