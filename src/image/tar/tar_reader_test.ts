import { assertEquals, assertThrows, assertTrue } from "../../../tests/harness/assert.ts";
import { paxData, tarOf, type TarSpec } from "../../../tests/harness/tar.ts";
import { LayerError } from "../model/layer_error.ts";
import type { TarEntry } from "./tar_entry.ts";
import { TarReader } from "./tar_reader.ts";

interface Read {
  readonly entry: TarEntry;
  text: string;
  ended: boolean;
}

/** Reads an archive in pieces of so many bytes. */
function read(archive: Uint8Array, pieceBytes = Infinity): Read[] {
  const found: Read[] = [];
  const reader = new TarReader((entry) => {
    const one: Read = { entry, text: "", ended: false };
    found.push(one);
    return {
      append: (bytes) => one.text += new TextDecoder("latin1").decode(bytes),
      skip: (count) => one.text += "\0".repeat(count),
      end: () => void (one.ended = true),
    };
  });
  for (let at = 0; at < archive.byteLength; at += pieceBytes) {
    reader.write(archive.subarray(at, at + pieceBytes));
  }
  reader.end();
  return found;
}

const paths = (specs: readonly TarSpec[]) => read(tarOf(specs)).map(({ entry }) => entry.path);

Deno.test("TarReader gives the same entries however the bytes are cut", () => {
  const archive = tarOf([
    { path: "a", data: "x".repeat(1300) },
    { path: "b/", mode: 0o750 },
    { path: "c", pax: { path: "longer", mtime: "5.25" }, data: "y" },
    { path: "d", type: "2", link: "a" },
  ]);
  const whole = read(archive);
  assertEquals(whole.map(({ entry }) => entry.path), ["a", "b/", "longer", "d"]);
  assertEquals(whole.map(({ text }) => text.length), [1300, 0, 1, 0]);
  assertTrue(whole.every(({ ended }) => ended));
  for (const bytes of [1, 7, 511, 512, 513, 1000]) assertEquals(read(archive, bytes), whole, `${bytes}`);
});

Deno.test("TarReader takes what extended headers say over the header", () => {
  const [one] = read(tarOf([{
    path: "short",
    type: "3",
    pax: {
      path: "caf\xc3\xa9",
      linkpath: "there",
      uid: "3000000",
      gid: "4000000",
      mtime: "-1.5",
      "SCHILY.xattr.user.bin": "\x00\n=\xff",
    },
    major: 1,
    minor: 5,
  }]));
  assertEquals(one?.entry, {
    type: "character",
    path: "caf\xc3\xa9",
    linkTarget: "there",
    metadata: {
      mode: 0o644,
      uid: 3_000_000,
      gid: 4_000_000,
      mtime: -2,
      mtimeNanoseconds: 500_000_000,
      xattrs: new Map([["user.bin", Uint8Array.of(0, 10, 0x3d, 0xff)]]),
    },
    size: 0,
    major: 1,
    minor: 5,
  });
});

Deno.test("TarReader applies a global header to all that follow, except names", () => {
  const [first, second] = read(tarOf([
    { path: "g", type: "g", data: paxData([["uid", "1234"], ["path", "wrong"]]) },
    { path: "a" },
    { path: "b", pax: { uid: "5" } },
  ]));
  assertEquals([first?.entry.path, first?.entry.metadata.uid, second?.entry.metadata.uid], ["a", 1234, 5]);
});

Deno.test("TarReader knows GNU's long names, and forgets them after one entry", () => {
  assertEquals(
    paths([
      { path: "././@LongLink", type: "L", data: "n".repeat(150) + "\0" },
      { path: "cut", data: "1" },
      { path: "next" },
    ]),
    ["n".repeat(150), "next"],
  );
});

Deno.test("TarReader reads sizes in base 256, and old directories by their slash", () => {
  const patch = (header: Uint8Array) => {
    header.fill(0, 124, 136);
    header[124] = 0x80;
    header[135] = 3;
  };
  const [one, two] = read(tarOf([{ path: "a", data: "abc", patch }, { path: "old/", type: "\0" }]));
  assertEquals([one?.text, two?.entry.type], ["abc", "directory"]);
});

Deno.test("TarReader passes over data nobody wants, links' sizes, and labels", () => {
  const archive = tarOf([
    { path: "label", type: "V" },
    { path: "a", data: "x".repeat(600) },
    { path: "l", type: "1", link: "a", size: 600 },
    { path: "z" },
  ]);
  const seen: string[] = [];
  const reader = new TarReader(({ path }) => {
    seen.push(path);
    return undefined;
  });
  reader.write(archive);
  reader.end();
  assertEquals(seen, ["a", "l", "z"]);
});

Deno.test("TarReader ends at two blocks of zeros, or at the end of the bytes", () => {
  assertEquals(read(tarOf([{ path: "a" }], { end: false })).length, 1);
  const trailing = new Uint8Array(4096).fill(0x41);
  trailing.set(tarOf([{ path: "a" }]));
  assertEquals(read(trailing).length, 1);
});

/** The end of a file of 600 bytes with its header and its padding. */
const PADDED = 512 + 1024;

Deno.test("TarReader refuses what cannot be read one way only", () => {
  const whole = tarOf([{ path: "a", data: "x".repeat(600) }]);
  const lone = new Uint8Array(whole.byteLength);
  lone.set(whole.subarray(0, 1536), 512);
  const cases: [string, Uint8Array, string][] = [
    ["cut in the data", whole.subarray(0, 700), "ends within an entry"],
    ["cut in a header", whole.subarray(0, 100), "ends within an entry"],
    ["cut before padding", whole.subarray(0, PADDED - 200), "ends within an entry"],
    ["cut in padding", whole.subarray(0, PADDED - 1), "ends within an entry"],
    ["a lone block of zeros", lone, "goes on after its end"],
    ["no tar at all", new Uint8Array(512).fill(0x41), "is not a number"],
    ["a changed header", new Uint8Array(whole).fill(0x42, 0, 1), "checksum is wrong"],
    ["an unknown type", tarOf([{ path: "a", type: "Z" }]), 'unknown type "Z"'],
    ["a negative size", tarOf([{ path: "a", pax: { size: "-1" } }]), "size is negative"],
    ["a huge size", tarOf([{ path: "a", pax: { size: "99999999999999999999" } }]), "size is not a number"],
    [
      "an owner out of range",
      tarOf([{ path: "a", pax: { uid: "4294967296" } }]),
      'out of range, in the entry "a"',
    ],
    ["a huge extension", tarOf([{ path: "a", type: "x", size: 2 ** 24 }]), "at most 1048576 are taken"],
    [
      "endless global headers",
      tarOf(Array.from({ length: 3 }, (_, at) => ({
        path: "g",
        type: "g",
        data: paxData([[`key${at}`, "v".repeat(30_000)]]),
      }))),
      "at most 65536 are taken",
    ],
    ["a malformed record", tarOf([{ path: "p/a", type: "x", data: "99 path=x\n" }]), 'malformed: "p/a"'],
    ["a record without a length", tarOf([{ path: "a", type: "x", data: "path=x\n" }]), "malformed"],
    ["a time that is none", tarOf([{ path: "a", pax: { mtime: "now" } }]), "mtime is not a time"],
    [
      "an extension of nothing",
      tarOf([{ path: "p", type: "x", data: "9 path=a\n" }], { end: false }),
      "within an entry",
    ],
  ];
  for (const [name, bytes, words] of cases) {
    try {
      assertThrows(() => read(bytes), LayerError, words);
    } catch (error) {
      throw new Error(name, { cause: error });
    }
  }
});

Deno.test("TarReader refuses sparse maps that lie", () => {
  const sparse = (map: string, data: string, realSize: string) =>
    tarOf([{
      path: "s",
      data,
      pax: { "GNU.sparse.map": map, "GNU.sparse.size": realSize, "GNU.sparse.numblocks": "1" },
    }]);
  const [good] = read(sparse("2,3", "abc", "7"));
  assertEquals([good?.text, good?.entry.size], ["\0\0abc\0\0", 7]);
  assertThrows(() => read(sparse("2,3", "abcd", "7")), LayerError, "differ in size");
  assertThrows(() => read(sparse("5,3", "abc", "7")), LayerError, "leaves the file");
  assertThrows(() => read(sparse("4,2,0,1", "abc", "7")), LayerError, "not in order");
  assertThrows(() => read(sparse("1", "abc", "7")), LayerError, "cut off");
});
