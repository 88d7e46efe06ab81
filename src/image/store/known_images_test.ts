import { join } from "node:path";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { openDatabase } from "../../host/database.ts";
import { knownImages } from "./known_images.ts";
import { MIGRATIONS } from "./records.ts";

Deno.test("knownImages() reads the table of images, and makes none", async () => {
  const data = await Deno.makeTempDir();
  try {
    assertThrows(() => knownImages({ data }), Error);
    assertEquals([...Deno.readDirSync(data)], []);
    const { database } = await openDatabase(join(data, "images.db"), MIGRATIONS);
    database.exec(`INSERT INTO images VALUES ('sha256:b', '{}'), ('sha256:a', 'damaged');
      INSERT INTO image_references VALUES ('docker.io/library/b:1', 'sha256:b')`);
    const expected = { references: ["docker.io/library/b:1"], ids: ["sha256:a", "sha256:b"] };
    assertEquals(knownImages({ data }), expected);
    database.close();
    const before = [...Deno.readDirSync(data)].map(({ name }) => name).sort();
    assertEquals(knownImages({ data }), expected);
    assertEquals([...Deno.readDirSync(data)].map(({ name }) => name).sort(), before);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
