import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { tarOf, type TarSpec } from "../../../tests/harness/tar.ts";
import { LayerError } from "../model/layer_error.ts";
import { clean, indexTar } from "./tar_index.ts";

async function index(archive: Uint8Array): Promise<Record<string, string>> {
  const readAt = (at: number, length: number) => Promise.resolve(archive.subarray(at, at + length));
  const members = await indexTar(readAt, archive.byteLength);
  return Object.fromEntries(
    [...members].map((
      [name, { offset, size }],
    ) => [name, new TextDecoder().decode(archive.subarray(offset, offset + size))]),
  );
}

const link = (path: string, target: string): TarSpec => ({ path, type: "2", link: target });

Deno.test("indexTar() finds files by their cleaned names, long ones too", async () => {
  const long = "n".repeat(180);
  assertEquals(
    await index(tarOf([
      { path: "./a/", data: "" },
      { path: "./a/b", data: "1" },
      { path: "x", pax: { path: long }, data: "2" },
      { path: "L", type: "L", data: `${long}2\0` },
      { path: "cut", data: "3" },
    ])),
    { "a/b": "1", [long]: "2", [`${long}2`]: "3" },
  );
});

Deno.test("indexTar() resolves links, and leaves circles and dangling ones out", async () => {
  assertEquals(
    await index(tarOf([
      { path: "a/f", data: "1" },
      link("b/f", "../a/f"),
      link("c", "b/f"),
      { path: "h", type: "1", link: "a/f" },
      link("x", "y"),
      link("y", "x"),
      link("z", "/etc/passwd"),
    ])),
    { "a/f": "1", "b/f": "1", "c": "1", "h": "1" },
  );
});

Deno.test("indexTar() refuses an archive that is cut off", async () => {
  const archive = tarOf([{ path: "a", data: "x".repeat(2000) }]);
  await assertRejects(() => index(archive.subarray(0, 1000)), LayerError, "ends within a file");
  await assertRejects(() => index(archive.subarray(0, 100)), LayerError, "ends within a header");
});

Deno.test("indexTar() refuses names longer than Linux has", async () => {
  const long = tarOf([{ path: "x", type: "L", data: "n".repeat(500_000) }, { path: "x", data: "1" }]);
  await assertRejects(() => index(long), LayerError, "a name in it is too long");
});

Deno.test("clean() keeps names inside", () => {
  assertEquals([clean("./a//b/"), clean("a/../../b"), clean("/etc/x")], ["a/b", "b", "etc/x"]);
});
