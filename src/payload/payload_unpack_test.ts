import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { type MadePart, writePayload } from "../../tests/harness/payload_file.ts";
import { SmolvmError } from "../error.ts";
import { locatePayload } from "./payload.ts";
import type { LocatedPayload } from "./payload_format.ts";
import { unpackedPart } from "./payload_unpack.ts";

/** Three chunks and a bit, of bytes that do not repeat within a chunk. */
const bytes = Uint8Array.from({ length: 3_333_333 }, (_, index) => (index * 2654435761) >>> 24);

async function withPayload(
  lie: MadePart["lie"],
  test: (payload: LocatedPayload, cache: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    writePayload(`${folder}/payload`, [{ name: "vmlinux", bytes, ...(lie && { lie }) }]);
    await test(locatePayload([`${folder}/payload`]), `${folder}/cache`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesOf(cache: string): Promise<string[]> {
  const names: string[] = [];
  for await (const folder of Deno.readDir(`${cache}/parts`)) {
    for await (const file of Deno.readDir(`${cache}/parts/${folder.name}`)) names.push(file.name);
  }
  return names.sort();
}

Deno.test("unpackedPart() unpacks once, read-only", () =>
  withPayload(undefined, async (payload, cache) => {
    const file = await unpackedPart(payload, "vmlinux", cache);
    assertEquals(await Deno.readFile(file), bytes);
    const first = await Deno.stat(file);
    assertEquals((first.mode ?? 0) & 0o777, 0o444);
    assertEquals(await unpackedPart(payload, "vmlinux", cache), file);
    assertEquals((await Deno.stat(file)).ino, first.ino);
    assertEquals(await filesOf(cache), ["lock", "verified", "vmlinux"]);
  }));

Deno.test("unpackedPart() makes a program executable", () =>
  withPayload({ executable: true }, async (payload, cache) => {
    assertEquals((await Deno.stat(await unpackedPart(payload, "vmlinux", cache))).mode, 0o100555);
  }));

Deno.test("unpackedPart() mends a cut, changed or lost file", () =>
  withPayload(undefined, async (payload, cache) => {
    const file = await unpackedPart(payload, "vmlinux", cache);
    const damages = [
      () => Deno.truncate(file, 1000),
      () => Deno.writeFile(file, new Uint8Array(bytes.length)),
      () => Deno.remove(file),
    ];
    for (const damage of damages) {
      await new Promise((resolve) => setTimeout(resolve, 5)); // file times have the grain of a clock tick
      await Deno.chmod(file, 0o644);
      await damage();
      assertEquals(await unpackedPart(payload, "vmlinux", cache), file);
      assertEquals(await Deno.readFile(file), bytes);
    }
  }));

Deno.test("unpackedPart() keeps a good file whose stamp was lost, and drops what a killed process left", () =>
  withPayload(undefined, async (payload, cache) => {
    const file = await unpackedPart(payload, "vmlinux", cache);
    const { ino } = await Deno.stat(file);
    await Deno.remove(file.replace(/[^/]*$/, "verified"));
    await unpackedPart(payload, "vmlinux", cache);
    assertEquals((await Deno.stat(file)).ino, ino);
    await Deno.remove(file);
    await Deno.writeTextFile(`${file}.unfinished`, "half");
    await unpackedPart(payload, "vmlinux", cache);
    assertEquals(await filesOf(cache), ["lock", "verified", "vmlinux"]);
  }));

Deno.test("unpackedPart() lets several first runs at once do the work once", () =>
  withPayload(undefined, async (payload, cache) => {
    let made = 0;
    const watcher = Deno.watchFs(payload.file.replace(/[^/]*$/, ""), { recursive: true });
    const watching = (async () => {
      for await (const event of watcher) {
        if (event.kind === "create" && event.paths[0]?.endsWith(".unfinished")) made++;
      }
    })();
    const files = await Promise.all(Array.from({ length: 4 }, () => unpackedPart(payload, "vmlinux", cache)));
    assertEquals(new Set(files).size, 1);
    assertEquals(await Deno.readFile(files[0] ?? ""), bytes);
    watcher.close();
    await watching;
    assertTrue(made <= 1, `unpacked ${made} times`);
  }));

Deno.test("unpackedPart() refuses bytes that are not what the index says, and leaves nothing", async () => {
  const lies = [{ sha256: "00".repeat(32) }, { size: 1000 }, { size: 4_000_000 }, { storedSize: 900 }, {
    offset: 3,
  }];
  for (const lie of lies) {
    await withPayload(lie, async (payload, cache) => {
      const error = await assertRejects(
        () => unpackedPart(payload, "vmlinux", cache),
        SmolvmError,
        "vmlinux",
      );
      assertEquals(error.kind, "state");
      assertEquals(await filesOf(cache), ["lock"]);
    });
  }
});

Deno.test("unpackedPart() names a part that the binary does not carry", () =>
  withPayload(undefined, async (payload, cache) => {
    await assertRejects(() => unpackedPart(payload, "root.erofs", cache), SmolvmError, "does not carry it");
  }));
