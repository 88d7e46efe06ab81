import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { LayerError } from "../model/layer_error.ts";
import { type Extensions, resolveEntry } from "./tar_entry.ts";
import type { TarHeader } from "./tar_header.ts";

const header: TarHeader = {
  type: "0",
  path: "short",
  linkTarget: "target",
  mode: 0o644,
  uid: 1,
  gid: 2,
  size: 5,
  mtime: 3,
  major: 0,
  minor: 0,
  gnu: false,
};

function resolve(
  fields: Partial<TarHeader> = {},
  records: Record<string, string> = {},
  more: Omit<Extensions, "pax"> & { sparseMap?: string[] } = {},
) {
  const { sparseMap = [], ...extensions } = more;
  const pax = { values: new Map(Object.entries(records)), sparseMap };
  return resolveEntry({ ...header, ...fields }, { ...extensions, pax });
}

Deno.test("resolveEntry() has pax records go before GNU's long names, and those before the header", () => {
  const long = { longPath: "gnu", longLink: "gnu-link" };
  assertEquals(resolve()?.entry.path, "short");
  assertEquals(resolve({}, {}, long)?.entry.path, "gnu");
  const entry = resolve({}, { path: "pax", linkpath: "pax-link" }, long)?.entry;
  assertEquals([entry?.path, entry?.linkTarget], ["pax", "pax-link"]);
  assertEquals(resolve({}, { "GNU.sparse.name": "sparse", path: "pax" })?.entry.path, "sparse");
});

Deno.test("resolveEntry() takes owner, time, size and attributes from pax records", () => {
  const records = { uid: "70000", gid: "", mtime: "1.5", size: "9", "SCHILY.xattr.user.x": "v" };
  const resolved = resolve({}, records);
  const { metadata, size } = resolved?.entry ?? {};
  assertEquals([metadata?.uid, metadata?.gid, size, resolved?.dataBytes], [70000, 2, 9, 9]);
  assertEquals([metadata?.mtime, metadata?.mtimeNanoseconds], [1, 500_000_000]);
  assertEquals([...metadata?.xattrs ?? []], [["user.x", Uint8Array.of(118)]]);
});

Deno.test("resolveEntry() knows the types of all dialects, and which have data after them", () => {
  const types = ["0", "\0", "7", "1", "2", "3", "4", "5", "6", "D"].map((type) => {
    const { entry, dataBytes } = resolve({ type }) ?? {};
    return [entry?.type, dataBytes, entry?.size];
  });
  assertEquals(types, [
    ["file", 5, 5],
    ["file", 5, 5],
    ["file", 5, 5],
    ["hardlink", 0, 0],
    ["symlink", 0, 0],
    ["character", 0, 0],
    ["block", 0, 0],
    ["directory", 0, 0],
    ["fifo", 0, 0],
    ["directory", 5, 0],
  ]);
  assertEquals(resolve({ type: "\0", path: "old/" })?.entry.type, "directory");
  assertEquals(resolve({ type: "V" }), undefined);
  assertThrows(() => resolve({ type: "M" }), LayerError, 'unknown type "M"');
});

Deno.test("resolveEntry() refuses sizes and owners that cannot be", () => {
  assertThrows(() => resolve({}, { size: "-1" }), LayerError, "size is negative");
  assertThrows(
    () => resolve({}, { "GNU.sparse.realsize": "-1", "GNU.sparse.major": "1" }),
    LayerError,
    "negative",
  );
  for (const uid of ["-2147483649", "4294967296"]) {
    assertThrows(() => resolve({}, { uid }), LayerError, `${uid} is out of range, in the entry "short"`);
  }
});

Deno.test("resolveEntry() takes owners as Docker's chown(2) does, 32 bits of which -1 changes nothing", () => {
  const owner = (uid: string) => resolve({}, { uid })?.entry.metadata.uid;
  assertEquals(["-2", "-1", "4294967295", "4294967294"].map(owner), [4294967294, 0, 0, 4294967294]);
});

Deno.test("resolveEntry() takes an empty record for none, and a root without a slash at its end for a folder", () => {
  const entry = resolve({}, { path: "", linkpath: "", mtime: "", size: "" })?.entry;
  assertEquals([entry?.path, entry?.linkTarget, entry?.metadata.mtime, entry?.size], [
    "short",
    "target",
    3,
    5,
  ]);
  const types = [".", "./", "/", "a/"].map((path) => resolve({ path, size: 0 })?.entry.type);
  assertEquals(types, ["directory", "directory", "directory", "file"]);
});

Deno.test("resolveEntry() reads a sparse file's map in each of its four forms", () => {
  const map = [{ offset: 0, length: 5 }];
  const sizes = [
    resolve({ type: "S" }, {}, { gnuSparse: { map, realSize: 100 } }),
    resolve({}, { "GNU.sparse.size": "100" }, { sparseMap: ["0", "5"] }),
    resolve({}, { "GNU.sparse.size": "100", "GNU.sparse.map": "0,5" }),
    resolve({}, { "GNU.sparse.realsize": "100", "GNU.sparse.major": "1" }),
  ].map((resolved) => [resolved?.entry.size, resolved?.dataBytes]);
  assertEquals(sizes, [[100, 5], [100, 5], [100, 5], [100, 5]]);
  assertThrows(
    () => resolve({}, { "GNU.sparse.size": "100", "GNU.sparse.map": "0,4" }),
    LayerError,
    "differ",
  );
});

Deno.test("resolveEntry() expands sparse data, and leaves other data as it is", () => {
  let text = "";
  const sink = {
    append: (bytes: Uint8Array) => void (text += new TextDecoder().decode(bytes)),
    skip: (count: number) => void (text += ".".repeat(count)),
    end() {},
  };
  assertEquals(resolve()?.expand(sink) === sink, true);
  const expanded = resolve({}, { "GNU.sparse.size": "8", "GNU.sparse.map": "2,5" })?.expand(sink);
  expanded?.append(new TextEncoder().encode("hello"));
  expanded?.end();
  assertEquals(text, "..hello.");
});
