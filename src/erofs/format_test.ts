import { assertEquals } from "../../tests/harness/assert.ts";
import { encodeDevice, encodeInode, encodeSuperblock, type InodeRecord } from "./format.ts";

const inode: InodeRecord = {
  layout: 2,
  xattrBytes: 0,
  mode: 0o100644,
  nlink: 1,
  size: 0x1_0000_0002,
  union: 0x11223344,
  ino: 5,
  uid: 1000,
  gid: 4_000_000_000,
  mtime: -1,
  mtimeNanoseconds: 999_999_999,
};

function encoded(fields: Partial<InodeRecord> = {}): DataView {
  const view = new DataView(new ArrayBuffer(80));
  encodeInode(view, 16, { ...inode, ...fields });
  return view;
}

Deno.test("encodeInode() writes each field where struct erofs_inode_extended has it", () => {
  const view = encoded();
  assertEquals(new Uint8Array(view.buffer, 0, 16).every((byte) => byte === 0), true);
  const at = (offset: number) => view.getUint32(16 + offset, true);
  // i_format: version 1, layout 2; i_xattr_icount 0; i_mode.
  assertEquals([view.getUint16(16, true), view.getUint16(18, true), view.getUint16(20, true)], [
    5,
    0,
    0o100644,
  ]);
  assertEquals([view.getBigUint64(24, true), at(16), at(20)], [0x1_0000_0002n, 0x11223344, 5]);
  assertEquals([at(24), at(28), view.getBigInt64(48, true)], [1000, 4_000_000_000, -1n]);
  assertEquals([at(40), at(44)], [999_999_999, 1]);
});

Deno.test("encodeInode() counts xattrs: the header as one, then every four bytes as one", () => {
  const counts = [0, 12, 16, 12 + 4 * 100].map((xattrBytes) => encoded({ xattrBytes }).getUint16(18, true));
  assertEquals(counts, [0, 1, 2, 101]);
});

Deno.test("encodeDevice() keeps numbers as the kernel does: 12 bits of major, 20 of minor", () => {
  assertEquals(encodeDevice(1, 3), 0x103);
  assertEquals(encodeDevice(259, 300), 0x11032c);
  assertEquals(encodeDevice(0xfff, 0xfffff), 0xffff_ffff);
});

Deno.test("encodeSuperblock() has magic, block size, root and counts at their offsets", () => {
  const bytes = encodeSuperblock({ metaBlock: 7, rootNid: 9, inodes: 11, blocks: 13 });
  const view = new DataView(bytes.buffer);
  assertEquals([bytes.length, bytes.subarray(0, 4).toHex()], [128, "e2e1f5e0"]);
  assertEquals([view.getUint8(12), view.getUint16(14, true), view.getBigUint64(16, true)], [12, 9, 11n]);
  assertEquals([view.getUint32(36, true), view.getUint32(40, true)], [13, 7]);
  // No UUID and no build time: equal trees give equal bytes.
  assertEquals(bytes.subarray(24, 36).every((byte) => byte === 0), true);
  assertEquals(bytes.subarray(48, 64).every((byte) => byte === 0), true);
});
