import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { createStorage, MIN_STORAGE_BYTES } from "./storage.ts";

/** Templates of two sizes, each with its size's mark in the first and the last block. */
const sizes = [MIN_STORAGE_BYTES, 4 * MIN_STORAGE_BYTES];

async function inFolder(test: (folder: string, templates: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const templates = sizes.map((bytes, index) => {
      const block = new Uint8Array(4096).fill(index + 1).toBase64();
      return { bytes, runs: [[0, block], [bytes - 4096, block]] };
    });
    await Deno.writeTextFile(`${folder}/storage.json`, JSON.stringify(templates));
    await test(folder, `${folder}/storage.json`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function byteAt(path: string, offset: number): number | undefined {
  using file = Deno.openSync(path);
  file.seekSync(offset, Deno.SeekMode.Start);
  const byte = new Uint8Array(1);
  file.readSync(byte);
  return byte[0];
}

Deno.test("createStorage() takes the largest template that fits, and the size that was asked for", () =>
  inFolder(async (folder, templates) => {
    for (const [bytes, mark] of [[sizes[0], 1], [3 * MIN_STORAGE_BYTES, 1], [sizes[1], 2], [2 ** 36, 2]]) {
      const path = `${folder}/disk-${bytes}`;
      createStorage(path, bytes ?? 0, templates);
      assertEquals([byteAt(path, 0), byteAt(path, (sizes[(mark ?? 0) - 1] ?? 0) - 1)], [mark, mark]);
      const info = await Deno.stat(path);
      assertEquals([info.size, (info.mode ?? 0) & 0o777], [bytes, 0o600]);
      assertTrue((info.blocks ?? 1e9) * 512 < 65_536, "the disk is sparse");
    }
  }));

Deno.test("createStorage() refuses a size below the smallest template, and makes nothing", () =>
  inFolder(async (folder, templates) => {
    const error = assertThrows(
      () => createStorage(`${folder}/disk`, MIN_STORAGE_BYTES - 1, templates),
      SmolvmError,
      "at least 128M",
    );
    assertEquals(error.kind, "usage");
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
  }));

Deno.test("createStorage() never overwrites", () =>
  inFolder(async (folder, templates) => {
    await Deno.writeTextFile(`${folder}/disk`, "precious");
    assertThrows(() => createStorage(`${folder}/disk`, MIN_STORAGE_BYTES, templates), SmolvmError, "disk");
    assertEquals(await Deno.readTextFile(`${folder}/disk`), "precious");
  }));
