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

Deno.test("indexTar() goes by the last entry of a name, and by long targets of links", async () => {
  const long = "t".repeat(150);
  assertEquals(
    await index(tarOf([
      link("a", "b"),
      { path: "b", data: "1" },
      { path: "a", data: "2" },
      { path: "c", data: "3" },
      link("c", "b"),
      { path: "x", pax: { path: long }, data: "4" },
      { path: "d", type: "1", link: "cut", pax: { linkpath: long } },
      { path: "K", type: "K", data: `${long}\0` },
      link("e", "cut"),
    ])),
    { a: "2", b: "1", c: "1", [long]: "4", d: "4", e: "4" },
  );
});

Deno.test("indexTar() passes over maps of GNU's old sparse files", async () => {
  const more = new Uint8Array(512);
  const sparse = tarOf([{ path: "s", type: "S", size: 512, patch: (header) => header.set([1], 482) }], {
    end: false,
  });
  const archive = new Uint8Array([
    ...sparse,
    ...more,
    ...new Uint8Array(512),
    ...tarOf([{ path: "a", data: "1" }]),
  ]);
  assertEquals(await index(archive), { a: "1" });
});

Deno.test("indexTar() keeps what an image's archive has when a large root file system has more files", async () => {
  const one = tarOf([{ path: "f" }], { end: false });
  const count = 100_000;
  const numbered = new Uint8Array(512 * count);
  for (let at = 0; at < count; at++) {
    const digits = String(at).padStart(7, "0");
    numbered.set(one, at * 512);
    numbered.set(new TextEncoder().encode(digits), at * 512);
    // The checksum counts the name's bytes: `f` before, seven digits now.
    const sum = one.reduce((total, byte, place) => total + (place >= 148 && place < 156 ? 32 : byte), 0) -
      102 +
      [...digits].reduce((total, digit) => total + digit.charCodeAt(0), 0);
    numbered.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), at * 512 + 148);
  }
  const tail = tarOf([{ path: "etc/late", data: "1" }, { path: "index.json", data: "2" }]);
  const archive = new Uint8Array(numbered.length + tail.length);
  archive.set(numbered);
  archive.set(tail, numbered.length);
  const readAt = (at: number, length: number) => Promise.resolve(archive.subarray(at, at + length));
  const members = await indexTar(readAt, archive.byteLength);
  assertEquals([members.size, members.has("etc/late"), members.has("index.json")], [count + 1, false, true]);
});

Deno.test("indexTar() refuses an archive that is cut off", async () => {
  const archive = tarOf([{ path: "a", data: "x".repeat(2000) }]);
  await assertRejects(() => index(archive.subarray(0, 1000)), LayerError, "ends within a file");
  await assertRejects(() => index(archive.subarray(0, 100)), LayerError, "ends within a header");
  // A header and 2,000 bytes end at 2,512; the padding at 2,560.
  for (const end of [2_512, 2_559]) {
    await assertRejects(
      () => index(archive.subarray(0, end)),
      LayerError,
      "within the padding behind a file",
    );
  }
  assertEquals(Object.keys(await index(archive.subarray(0, 2_560))), ["a"]);
});

Deno.test("indexTar() refuses names longer than Linux has", async () => {
  const long = tarOf([{ path: "x", type: "L", data: "n".repeat(500_000) }, { path: "x", data: "1" }]);
  await assertRejects(() => index(long), LayerError, "a name in it is too long");
});

Deno.test("clean() keeps names inside", () => {
  assertEquals([clean("./a//b/"), clean("a/../../b"), clean("/etc/x")], ["a/b", "b", "etc/x"]);
});
