import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { writePayload } from "../../tests/harness/payload_file.ts";
import { SmolvmError } from "../error.ts";
import { partBytes } from "./part_bytes.ts";
import { locatePayload } from "./payload.ts";

const bytes = new TextEncoder().encode("what the bundled image is");

Deno.test("partBytes() reads a part whole, makes no file, and refuses one that is absent or damaged", async () => {
  const folder = await Deno.makeTempDir();
  try {
    writePayload(`${folder}/payload`, [{ name: "first", bytes: bytes.slice(3) }, {
      name: "alpine.json",
      bytes,
    }]);
    const payload = locatePayload([`${folder}/payload`]);
    assertEquals(new Uint8Array(partBytes(payload, "alpine.json")), bytes);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["payload"]);
    assertThrows(() => partBytes(payload, "other"), SmolvmError, "does not carry it");
    const parts = payload.index.parts.map((part) => ({ ...part, sha256: "0".repeat(64) }));
    const lied = { ...payload, index: { ...payload.index, parts } };
    assertThrows(() => partBytes(lied, "alpine.json"), SmolvmError, "its digest differs");
    const cut = { ...payload, partsStart: payload.partsStart + 4096 };
    assertThrows(() => partBytes(cut, "alpine.json"), SmolvmError, "the file ends within it");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
