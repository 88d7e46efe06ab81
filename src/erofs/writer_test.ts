import fc from "fast-check";
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { listFolder, run, withMounted } from "../../tests/harness/listing.ts";
import { punchHoles } from "../ffi/libc.ts";
import { layOut } from "./layout.ts";
import { byteString, type DirectoryInode, type Inode, type InodeMetadata } from "./tree.ts";
import { ErofsWriter } from "./writer.ts";

const root = Deno.uid() === 0;

// The C library stays open for the life of a process; opened here, no test is blamed for it.
punchHoles("", []);

function metadata(fields: Partial<InodeMetadata> = {}): InodeMetadata {
  return {
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 1_700_000_000,
    mtimeNanoseconds: 5,
    xattrs: new Map(),
    ...fields,
  };
}

function directory(entries: Record<string, Inode>, fields: Partial<InodeMetadata> = {}): DirectoryInode {
  return {
    type: "directory",
    metadata: metadata({ mode: 0o755, ...fields }),
    entries: new Map(Object.entries(entries)),
  };
}

function file(writer: ErofsWriter, bytes: Uint8Array, fields: Partial<InodeMetadata> = {}): Inode {
  const sink = writer.beginFile(bytes.length);
  sink.append(bytes);
  return { type: "file", metadata: metadata(fields), size: bytes.length, data: sink.end() };
}

/** Writes a tree into a new file, checks it with fsck.erofs, and hands its path over. */
async function withImage<T>(
  make: (writer: ErofsWriter) => DirectoryInode,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/disk.erofs`;
    using writer = ErofsWriter.create(path);
    writer.finish(make(writer));
    await run("fsck.erofs", [path]);
    return await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "ErofsWriter writes what the kernel reads back: every type, owner, time, attribute and link",
  ignore: !root,
  fn: async () => {
    const large = new Uint8Array(3_000_000).map((_, index) => index * 7);
    await withImage((writer) => {
      const shared = file(writer, large.subarray(0, 9_000), {
        mode: 0o4755,
        uid: 70_000,
        gid: 4_000_000_000,
      });
      const xattrs = new Map([
        ["user.note", new TextEncoder().encode("x".repeat(900))],
        [
          "security.capability",
          Uint8Array.from([1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ],
      ]);
      return directory({
        "empty": file(writer, new Uint8Array(0)),
        "small": file(writer, large.subarray(0, 100), { mtime: -5, mtimeNanoseconds: 999_999_999, xattrs }),
        "block": file(writer, large.subarray(0, 4_096)),
        "large": file(writer, large),
        "zeros": file(writer, new Uint8Array(2_500_000)),
        [byteString("näme")]: shared,
        "\xff\xfe": shared,
        "link": { type: "symlink", metadata: metadata({ mode: 0o777 }), target: byteString("../ziel") },
        "long": { type: "symlink", metadata: metadata({ mode: 0o777 }), target: "a/".repeat(2_040) },
        "pipe": { type: "fifo", metadata: metadata(), major: 0, minor: 0 },
        "null": { type: "character", metadata: metadata({ mode: 0o666 }), major: 1, minor: 3 },
        "disk": { type: "block", metadata: metadata(), major: 259, minor: 300 },
        "deep": directory({ "er": directory({ "x": file(writer, large.subarray(0, 3)) }, { mode: 0o1777 }) }),
        "many": directory(
          Object.fromEntries(
            Array.from(
              { length: 3_000 },
              (_, index) => [`entry-${index}`, file(writer, Uint8Array.of(index & 255))],
            ),
          ),
        ),
      });
    }, (path) =>
      withMounted(path, "erofs", async (folder) => {
        const lines = await listFolder(folder);
        assertEquals(lines.length, 3_017);
        const line = (name: string): string => lines.find((one) => one.startsWith(`${name} `)) ?? "";
        assertTrue(line("small").includes("0o100644 0:0 -4000000001 100 "), line("small"));
        assertTrue(line("small").includes("user.note=787878"));
        assertTrue(line("small").includes("security.capability=0100000200040000"));
        assertTrue(
          line(byteString("näme")).includes("0o104755 70000:4000000000 1700000000000000005 9000"),
          line(byteString("näme")),
        );
        assertTrue(line(byteString("näme")).includes(`links=2 same=${byteString("näme")}`));
        assertTrue(line("ÿþ").includes(`links=2 same=${byteString("näme")}`), line("ÿþ"));
        assertTrue(line("disk").endsWith(" 259:300"));
        assertTrue(line("long").endsWith("a/a/"));
        assertTrue(line("link").endsWith(" ../ziel"));
        assertEquals(Deno.readFileSync(`${folder}/large`), large);
        assertTrue(Deno.readFileSync(`${folder}/zeros`).every((byte) => byte === 0));
        assertEquals(Deno.lstatSync(folder).nlink, 4);
        const blocks = Deno.statSync(path).blocks ?? 0;
        assertTrue(blocks * 512 < 5_500_000, `zeros take room: ${blocks} sectors`);
      }));
  },
});

Deno.test("ErofsWriter writes the same bytes for the same tree", async () => {
  const make = (writer: ErofsWriter): DirectoryInode =>
    directory({
      b: file(writer, new Uint8Array(5_000)),
      a: directory({ c: file(writer, Uint8Array.of(1)) }),
    });
  const first = await withImage(make, (path) => Deno.readFile(path));
  const second = await withImage(make, (path) => Deno.readFile(path));
  assertEquals(first, second);
});

Deno.test("ErofsWriter leaves no room for content that no name refers to", async () => {
  await withImage((writer) => {
    file(writer, crypto.getRandomValues(new Uint8Array(65_536)));
    return directory({ kept: file(writer, new Uint8Array(10_000).fill(1)) });
  }, async (path) => {
    const bytes = await Deno.readFile(path);
    assertTrue(bytes.subarray(4_096, 4_096 + 65_536).every((byte) => byte === 0));
  });
});

Deno.test("a sink refuses more and fewer bytes than were announced", async () => {
  await withImage((writer) => {
    for (const size of [10, 10_000]) {
      assertThrows(() => writer.beginFile(size).append(new Uint8Array(size + 1)), RangeError, "more than");
      assertThrows(() => writer.beginFile(size).skip(size + 1), RangeError, "more than");
      assertThrows(() => writer.beginFile(size).end(), RangeError, "0 of the");
    }
    return directory({});
  }, () => Promise.resolve());
});

Deno.test("ErofsWriter removes an unfinished file", async () => {
  const folder = await Deno.makeTempDir();
  {
    using writer = ErofsWriter.create(`${folder}/disk`);
    writer.beginFile(10);
  }
  await Deno.remove(folder);
});

Deno.test("ErofsWriter has fsck.erofs read a tree whose last inode ends with a block", async () => {
  const tree = (count: number, make: (name: string) => Inode) =>
    directory(Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}`, make(`${at}`)])));
  const inBlocks = (): Inode => ({
    type: "file",
    metadata: metadata(),
    size: 4_096,
    data: { at: "blocks", startBlock: 1 },
  });
  const counts = Array.from({ length: 200 }, (_, count) => count)
    .filter((count) => layOut(tree(count, inBlocks)).metadataBytes % 4_096 === 0);
  assertTrue(counts.length > 0);
  // withImage() runs fsck.erofs.
  for (const count of counts) {
    await withImage(
      (writer) => tree(count, () => file(writer, new Uint8Array(4_096))),
      () => Promise.resolve(),
    );
  }
});

/** Names and sizes of files, with the sizes that decide where content lies. */
const files = fc.array(
  fc.tuple(
    fc.stringMatching(/^[a-z]{1,200}$/),
    fc.oneof(fc.nat(70), fc.nat(5_000), fc.constantFrom(2_048, 2_049, 4_032, 4_096, 8_192)),
  ),
  { maxLength: 60 },
);

/**
 * How a property that calls programs is judged. Each run takes 50 ms on a quiet machine and many times that on a
 * busy one, so that shrinking, which tries hundreds of trees, looked like a test that hangs: the first counterexample is told as it is, with its seed, and 60 s end the runs as a failure.
 */
const bounded = {
  numRuns: 12,
  endOnFailure: true,
  interruptAfterTimeLimit: 60_000,
  markInterruptAsFailure: true,
} as const;

/** A tree of the files twice: at the root, and in a folder of it. */
function twice(writer: ErofsWriter, sizes: ReadonlyMap<string, number>): DirectoryInode {
  const entries: Record<string, Inode> = {};
  for (const [name, size] of sizes) entries[name] = file(writer, new Uint8Array(size).fill(size));
  return directory({ ...entries, sub: directory({ ...entries }) });
}

/** Whether a folder is what {@linkcode twice} describes. */
async function checkTwice(folder: string, sizes: ReadonlyMap<string, number>): Promise<void> {
  for (const [name, size] of sizes) {
    const bytes = await Deno.readFile(`${folder}/sub/${name}`);
    assertTrue(
      bytes.length === size && bytes.every((byte) => byte === size % 256),
      `${name} of ${size} bytes`,
    );
  }
  const found = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
  assertEquals(found, [...new Set([...sizes.keys(), "sub"])].sort());
}

Deno.test("ErofsWriter keeps random trees, as fsck.erofs extracts them", async () => {
  await fc.assert(
    fc.asyncProperty(files, async (pairs) => {
      const sizes = new Map(pairs);
      await withImage((writer) => twice(writer, sizes), async (path) => {
        await run("fsck.erofs", [`--extract=${path}.out`, path]);
        await checkTwice(`${path}.out`, sizes);
      });
    }),
    bounded,
  );
});

Deno.test({
  name: "ErofsWriter keeps random trees, as the kernel mounts them",
  ignore: !root,
  fn: async () => {
    await fc.assert(
      fc.asyncProperty(files, async (pairs) => {
        const sizes = new Map(pairs);
        await withImage(
          (writer) => twice(writer, sizes),
          (path) => withMounted(path, "erofs", (folder) => checkTwice(folder, sizes)),
        );
      }),
      bounded,
    );
  },
});

Deno.test("a sink's zeros are zeros, and many of them take no space", async () => {
  const inode = (writer: ErofsWriter, size: number, at: number): Inode => {
    const sink = writer.beginFile(size);
    sink.skip(at);
    sink.append(Uint8Array.of(1, 2, 3));
    sink.skip(size - at - 3);
    return { type: "file", metadata: metadata(), size, data: sink.end() };
  };
  await withImage((writer) => {
    return directory({ large: inode(writer, 50_000_000, 20_000_001), small: inode(writer, 100, 50) });
  }, async (path) => {
    assertTrue(((await Deno.stat(path)).blocks ?? 0) * 512 < 4_000_000);
    await run("fsck.erofs", [`--extract=${path}.out`, path]);
    for (const [name, size, at] of [["large", 50_000_000, 20_000_001], ["small", 100, 50]] as const) {
      const bytes = await Deno.readFile(`${path}.out/${name}`);
      assertEquals([bytes.length, bytes.findIndex((byte) => byte !== 0)], [size, at]);
      assertEquals(bytes.findLastIndex((byte) => byte !== 0), at + 2);
    }
  });
});
