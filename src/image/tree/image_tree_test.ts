import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import type { DirectoryInode, FileData, Inode } from "../../erofs/tree.ts";
import { ImageTree } from "./image_tree.ts";
import { LayerError } from "../model/layer_error.ts";
import { DEFAULT_LIMITS, type ImageLimits } from "../model/limits.ts";
import type { TarEntry, TarEntryType } from "../tar/tar_entry.ts";

const store = {
  beginFile: () => {
    const pieces: number[] = [];
    return {
      append: (bytes: Uint8Array) => void pieces.push(...bytes),
      skip: (count: number) => void pieces.push(...new Uint8Array(count)),
      end: (): FileData => ({ at: "memory", bytes: Uint8Array.from(pieces) }),
    };
  },
};

type Spec = Partial<Omit<TarEntry, "metadata">> & {
  path: string;
  mode?: number;
  xattrs?: Map<string, Uint8Array>;
};

function entry({ path, type, mode, xattrs, ...rest }: Spec): TarEntry {
  const guessed: TarEntryType = path.endsWith("/") ? "directory" : "file";
  return {
    type: type ?? guessed,
    path,
    linkTarget: "",
    metadata: {
      mode: mode ?? 0o755,
      uid: 0,
      gid: 0,
      mtime: 1,
      mtimeNanoseconds: 0,
      xattrs: xattrs ?? new Map(),
    },
    size: 0,
    major: 0,
    minor: 0,
    ...rest,
  };
}

function treeOf(
  layers: readonly (readonly (Spec | string)[])[],
  limits: Partial<ImageLimits> = {},
): ImageTree {
  const tree = new ImageTree(store, { ...DEFAULT_LIMITS, ...limits });
  for (const layer of layers) {
    tree.beginLayer();
    for (const spec of layer) tree.add(entry(typeof spec === "string" ? { path: spec } : spec))?.end();
  }
  return tree;
}

/** All paths below a directory, sorted. */
function list(directory: DirectoryInode, prefix = ""): string[] {
  return [...directory.entries].flatMap(([name, inode]) =>
    inode.type === "directory"
      ? [`${prefix}${name}/`, ...list(inode, `${prefix}${name}/`)]
      : [`${prefix}${name}`]
  ).sort();
}

function at(tree: ImageTree, ...names: string[]): Inode | undefined {
  return names.reduce<Inode | undefined>(
    (inode, name) => inode?.type === "directory" ? inode.entries.get(name) : undefined,
    tree.root,
  );
}

const link = (path: string, linkTarget: string): Spec => ({ path, type: "symlink", linkTarget });
const hard = (path: string, linkTarget: string): Spec => ({ path, type: "hardlink", linkTarget });

Deno.test("ImageTree lets a whiteout remove what lower layers brought, wherever it stands in its layer", () => {
  const lower = ["a/", "a/old", "a/deep/", "a/deep/old", "b"];
  assertEquals(list(treeOf([lower, ["a/.wh.old", "b", ".wh.b"]]).root), ["a/", "a/deep/", "a/deep/old", "b"]);
  assertEquals(list(treeOf([lower, ["a/deep/new", "a/.wh..wh..opq", "a/late"]]).root), [
    "a/",
    "a/deep/",
    "a/deep/new",
    "a/late",
    "b",
  ]);
  assertEquals(list(treeOf([lower, ["a/deep/new", ".wh.a"]]).root), ["a/", "a/deep/", "a/deep/new", "b"]);
});

Deno.test("ImageTree goes by names, not by inodes, when it spares what a layer brought", () => {
  const tree = treeOf([["a"], [hard("b", "a"), ".wh.a"]]);
  assertEquals(list(tree.root), ["b"]);
});

Deno.test("ImageTree passes over whiteouts of nothing and AUFS's own books, and refuses nonsense", () => {
  assertEquals(list(treeOf([["a"], [".wh.none", "no/.wh.x", ".wh..wh.plnk", "a/.wh.b"]]).root), ["a"]);
  for (const name of [".wh.", ".wh..", ".wh..."]) {
    assertThrows(() => treeOf([["a", name]]), LayerError, "names nothing");
  }
});

Deno.test("ImageTree hides what AUFS kept, and finds there what hard links of the same layer lead to", () => {
  const tree = treeOf([[
    ".wh..wh.plnk/",
    { path: ".wh..wh.plnk/5.7", mode: 0o640 },
    hard("a", ".wh..wh.plnk/5.7"),
    ".wh..wh.orph/",
    ".wh..wh.orph/x",
    "d/.wh..wh.aufs",
  ]]);
  assertEquals([list(tree.root), at(tree, "a")?.metadata.mode], [["a"], 0o640]);
  assertThrows(() => treeOf([[".wh..wh.plnk/1"], [hard("b", ".wh..wh.plnk/1")]]), LayerError, "not there");
});

Deno.test("ImageTree puts a path through a lower layer's file, as Docker's overlay of the layers does", () => {
  assertEquals(list(treeOf([["a"], ["a/b"]]).root), ["a/", "a/b"]);
  assertEquals(list(treeOf([["a"], ["a/b/c", "a/.wh.d"]]).root), ["a/", "a/b/", "a/b/c"]);
  assertThrows(() => treeOf([["x"], ["a", "a/b"]]), LayerError, "through what is no directory");
});

Deno.test("ImageTree follows links on the way, inside the image only", () => {
  const tree = treeOf([
    ["usr/", "usr/lib/", link("lib", "usr/lib"), link("up", "../../../usr"), link("abs", "/usr")],
    ["lib/a", "up/lib/b", "abs/lib/c"],
  ]);
  assertEquals(list(at(tree, "usr") as DirectoryInode), ["lib/", "lib/a", "lib/b", "lib/c"]);
});

Deno.test("ImageTree refuses paths that lead out, in circles, through files, or too deep", () => {
  const cases: [string, readonly (Spec | string)[], string][] = [
    ["out", ["../etc/passwd"], "leads out of the image"],
    ["out, later", ["a/../../b"], "leads out of the image"],
    ["a link out", [hard("x", "../../etc/passwd")], "leads out of the image"],
    ["a circle", [link("a", "b"), link("b", "a"), "a/x"], "leads in circles"],
    ["itself", [link("a", "a/a"), "a/x"], "leads in circles"],
    ["a file", ["f", "f/x"], "leads through what is no directory"],
    ["depth", ["a/".repeat(1025) + "x"], "is too deep"],
    ["length", ["x".repeat(4096)], "is too long"],
    ["a name", ["x".repeat(256)], "is too long"],
    ["NUL", ["a\0b"], "holds a NUL"],
    ["no link target", [link("a", "")], "no usable target"],
    ["a missing target", [hard("a", "b")], "is not there"],
    ["a target whited out", ["b", hard("a", "c")], "is not there"],
    ["a directory's link", ["d/", hard("a", "d")], "leads to a directory"],
    ["a root that is a file", [{ path: ".", type: "file" }], 'the root, ".", is not a directory'],
  ];
  for (const [name, layer, words] of cases) {
    try {
      assertThrows(() => treeOf([layer]), LayerError, words);
    } catch (error) {
      throw new Error(name, { cause: error });
    }
  }
});

Deno.test("ImageTree keeps a hard link's file when its first name goes", () => {
  const tree = treeOf([["a"], [hard("b", "a")], [".wh.a"]]);
  assertEquals([list(tree.root), at(tree, "b")?.type], [["b"], "file"]);
  assertThrows(() => treeOf([["a"], [".wh.a", hard("b", "a")]]), LayerError, "is not there");
});

Deno.test("ImageTree gives unnamed directories 0755, and named ones their last metadata", () => {
  const tree = treeOf([["x/y/f", { path: "./", mode: 0o700 }], [{ path: "x/", mode: 0o711 }]]);
  assertEquals([tree.root.metadata.mode, at(tree, "x")?.metadata.mode, at(tree, "x", "y")?.metadata.mode], [
    0o700,
    0o711,
    0o755,
  ]);
  assertEquals(list(tree.root), ["x/", "x/y/", "x/y/f"]);
});

Deno.test("ImageTree leaves out what overlayfs would take for its own", () => {
  const xattrs = new Map([
    ["trusted.overlay.opaque", Uint8Array.of(0x79)],
    ["com.apple.quarantine", Uint8Array.of(1)],
    ["user.kept", Uint8Array.of(2)],
    ["user.", Uint8Array.of(3)],
    ["system.posix_acl_access2", Uint8Array.of(4)],
  ]);
  const tree = treeOf([[{ path: "d/", xattrs }, "gone"], [{ path: "gone", type: "character" }]]);
  assertEquals([...at(tree, "d")?.metadata.xattrs.keys() ?? []], ["user.kept"]);
  assertEquals(list(tree.root), ["d/"]);
});

Deno.test("ImageTree refuses devices that Linux has no numbers for", () => {
  const device = (major: number, minor: number) => treeOf([[{ path: "d", type: "block", major, minor }]]);
  assertEquals(at(device(4095, 1_048_575), "d")?.type, "block");
  for (const [major, minor] of [[4096, 0], [0, 1_048_576]] as const) {
    assertThrows(() => device(major, minor), LayerError, 'the device "d" has a number that Linux does not');
  }
});

Deno.test("ImageTree holds its limits", () => {
  assertThrows(() => treeOf([["a", "b", "c"]], { entries: 2 }), LayerError, "more than 2 entries");
  // Folders that no entry names count as well.
  assertThrows(() => treeOf([["a/b/c/d"]], { entries: 3 }), LayerError, "more than 3 entries");
  assertThrows(
    () => treeOf([[{ path: "a", size: 60 }, { path: "b", size: 60 }]], { unpackedBytes: 100 }),
    LayerError,
    "more than 100 bytes",
  );
  const names = [["a".repeat(60), link("b", "c".repeat(60))]];
  assertThrows(() => treeOf(names, { metadataBytes: 100 }), LayerError, "names and attributes have more");
  const xattrs = new Map([["user.x", new Uint8Array(70_000)]]);
  assertThrows(() => treeOf([[{ path: "a", xattrs }]]), LayerError, 'attributes of "a" are too long');
});
