import fc from "fast-check";
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { layOut, type Placed } from "./layout.ts";
import type { DirectoryInode, Inode, InodeMetadata } from "./tree.ts";

const metadata: InodeMetadata = {
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0,
  mtimeNanoseconds: 0,
  xattrs: new Map(),
};
const file = (size: number): Inode => ({
  type: "file",
  metadata,
  size,
  data: { at: "memory", bytes: new Uint8Array(size) },
});
const directory = (entries: Record<string, Inode>): DirectoryInode => ({
  type: "directory",
  metadata,
  entries: new Map(Object.entries(entries)),
});
const end = ({ nid, xattrs, inlineBytes }: Placed) => nid * 32 + 64 + xattrs.length + inlineBytes;

Deno.test("layOut() places the root first, then a walk in byte order", () => {
  const inner = directory({ c: file(3) });
  const tree = directory({ b: file(2), a: inner, "\xff": file(1) });
  const { root, placed, places } = layOut(tree);
  assertEquals([root.nid, root.inode === tree, placed.length], [0, true, 5]);
  const order = placed.map(({ inode }) => inode.type === "file" ? inode.size : inode.type);
  assertEquals(order, ["directory", "directory", 2, 1, 3]);
  assertEquals(places.get(inner)?.directory?.parent, root);
});

Deno.test("layOut() counts links as stat(2) shows them, and places a hard link once", () => {
  const shared = file(5);
  const { root, placed, places } = layOut(directory({ a: shared, b: shared, c: directory({ d: shared }) }));
  assertEquals([placed.length, places.get(shared)?.nlink, root.nlink], [3, 3, 3]);
});

Deno.test("layOut() keeps a link's target behind its inode while that fits", () => {
  const link = (length: number): Inode => ({ type: "symlink", metadata, target: "x".repeat(length) });
  const inlineBytes = (inode: Inode) => layOut(directory({ inode })).places.get(inode)?.inlineBytes;
  assertEquals([10, 4032, 4033].map((length) => inlineBytes(link(length))), [10, 4032, 0]);
});

Deno.test("layOut() has no inode overlap another, cross a block, or have inline data that crosses", () => {
  const sizes = fc.array(fc.oneof(fc.nat(5000), fc.constantFrom(0, 4031, 4032, 4033, 4096)), {
    maxLength: 80,
  });
  fc.assert(fc.property(sizes, (sizes) => {
    const { placed, metadataBytes } = layOut(
      directory(Object.fromEntries(sizes.map((size, at) => [`${at}`, file(size)]))),
    );
    let before = 0;
    for (const one of placed) {
      const start = one.nid * 32;
      assertTrue(start >= before && Number.isInteger(one.nid));
      assertEquals(Math.floor(start / 4096), Math.floor((start + 63) / 4096));
      if (one.inlineBytes > 0) {
        const tail = start + 64 + one.xattrs.length;
        assertEquals(Math.floor(tail / 4096), Math.floor((end(one) - 1) / 4096));
      }
      before = end(one);
    }
    assertEquals(metadataBytes, before);
  }));
});

Deno.test("layOut() refuses xattrs that are too long to keep", () => {
  const xattrs = new Map([["user.x", new Uint8Array(70_000)]]);
  const inode: Inode = { type: "fifo", metadata: { ...metadata, xattrs }, major: 0, minor: 0 };
  assertThrows(() => layOut(directory({ inode })), RangeError, "a value of 70000 bytes");
});
