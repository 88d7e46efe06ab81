import { createHash } from "node:crypto";
import { unpackedPart } from "../../src/payload/payload_unpack.ts";
import { assertEquals } from "./assert.ts";
import { copyParts } from "./parts.ts";

Deno.test("copyParts() leaves parts that smolvm takes without unpacking them again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const sha256 = createHash("sha256").update("part").digest("hex");
    const from = `${folder}/from/parts/${sha256}`;
    await Deno.mkdir(from, { recursive: true });
    await Deno.writeTextFile(`${from}/part`, "part", { mode: 0o555 });
    await Deno.writeTextFile(`${from}/verified`, "of another file");
    await Deno.writeTextFile(`${from}/lock`, "");
    copyParts(`${folder}/from`, `${folder}/to`);
    // There is no such binary: it is not read when the stamp is good.
    const part = { name: "part", sha256, size: 4, offset: 0, storedSize: 4 };
    const manifest = { smolvm: "", kernel: "", libkrun: "", alpine: "" };
    const payload = { file: "/nonexistent", partsStart: 0, index: { parts: [part], manifest } };
    await Deno.mkdir(`${folder}/from/templates/ab`, { recursive: true });
    await Deno.writeTextFile(`${folder}/from/templates/ab.lock`, "");
    await Deno.writeTextFile(`${folder}/from/templates/ab/memory`, "memory");
    copyParts(`${folder}/from`, `${folder}/linked`);
    assertEquals(Deno.readTextFileSync(`${folder}/linked/templates/ab/memory`), "memory");
    const path = await unpackedPart(payload, "part", `${folder}/to`);
    assertEquals(await Deno.readTextFile(path), "part");
    const { mode } = await Deno.stat(path);
    assertEquals((mode ?? 0) & 0o777, 0o555);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
