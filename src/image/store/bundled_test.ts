import { join } from "node:path";
import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { defaultConfig } from "../model/config.ts";
import { guestPlatform } from "../model/platform.ts";
import { readBundled } from "./bundled.ts";

Deno.test("readBundled() joins the build's record with the disk beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const parts = { path: (name: string) => Promise.resolve(join(folder, name)) };
    await assertRejects(() => readBundled(parts), Error);
    const id = `sha256:${"ab".repeat(32)}`;
    const config = defaultConfig(guestPlatform());
    const record = { id, diskDigest: id, references: ["r/b:1", "r/a:1"], created: "2026-01-01", config };
    await Deno.writeTextFile(join(folder, "alpine.json"), JSON.stringify(record));
    await Deno.writeTextFile(join(folder, "alpine.erofs"), "disk");
    await Deno.utime(join(folder, "alpine.erofs"), 1, 1);
    assertEquals(await readBundled(parts) as unknown, {
      ...record,
      references: ["r/a:1", "r/b:1"],
      disk: join(folder, "alpine.erofs"),
      diskBytes: 4,
      stored: "1970-01-01T00:00:01.000Z",
      source: "bundled",
      origin: "the smolvm binary",
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
