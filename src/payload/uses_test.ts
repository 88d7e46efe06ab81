import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { writePayload } from "../../tests/harness/payload_file.ts";
import { FileLock } from "../host/lock.ts";
import { locatePayload } from "./payload.ts";
import { knownPayloads, noteUse, partsAreUsed, payloadId, readUse, useFiles } from "./uses.ts";

async function inFolder(test: (folder: string, cache: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder, `${folder}/cache`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const bytes = new TextEncoder().encode("kernel");

Deno.test("payloadId() is of the parts alone, in whatever order", () => {
  const part = (name: string, sha256: string) => ({ name, sha256, size: 1, offset: 0, storedSize: 1 });
  const [a, b] = [part("a", "1".repeat(64)), part("b", "2".repeat(64))];
  assertEquals(payloadId({ parts: [a, b] }), payloadId({ parts: [{ ...b, offset: 7 }, a] }));
  assertTrue(payloadId({ parts: [a] }) !== payloadId({ parts: [a, b] }));
});

Deno.test("noteUse() names each binary that carries the payload, and holds the payload until it is disposed", () =>
  inFolder(async (folder, cache) => {
    for (const name of ["one", "two"]) writePayload(`${folder}/${name}`, [{ name: "vmlinux", bytes }]);
    const payloads = ["one", "two"].map((name) => locatePayload([`${folder}/${name}`]));
    for (const payload of [...payloads, ...payloads]) {
      using hold = await noteUse(payload, cache);
      assertTrue(hold !== undefined && partsAreUsed(cache));
    }
    const [id = ""] = knownPayloads(cache);
    const use = readUse(useFiles(cache, id).record);
    assertEquals(use?.files, [`${folder}/two`, `${folder}/one`]);
    assertEquals([use?.parts.length, knownPayloads(cache).length, partsAreUsed(cache)], [1, 1, false]);
  }));

Deno.test("noteUse() writes a damaged record anew, and goes without one where the cache takes no file", () =>
  inFolder(async (folder, cache) => {
    writePayload(`${folder}/smolvm`, [{ name: "vmlinux", bytes }]);
    const payload = locatePayload([`${folder}/smolvm`]);
    const { record } = useFiles(cache, payloadId(payload.index));
    (await noteUse(payload, cache))?.[Symbol.dispose]();
    Deno.writeTextFileSync(record, "{");
    using hold = await noteUse(payload, cache);
    assertTrue(hold instanceof FileLock);
    assertEquals(readUse(record)?.files, [`${folder}/smolvm`]);
    Deno.writeTextFileSync(`${folder}/file`, "");
    assertEquals(await noteUse(payload, `${folder}/file`), undefined);
  }));
