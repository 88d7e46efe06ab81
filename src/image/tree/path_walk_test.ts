import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import type { DirectoryInode, Inode } from "../../erofs/tree.ts";
import { LayerError } from "../model/layer_error.ts";
import { DEFAULT_LIMITS } from "../model/limits.ts";
import { PathWalker, splitPath } from "./path_walk.ts";

const metadata = PathWalker.unnamed;
const directory = (entries: Record<string, Inode> = {}): DirectoryInode => ({
  type: "directory",
  metadata,
  entries: new Map(Object.entries(entries)),
});
const link = (target: string): Inode => ({ type: "symlink", metadata, target });

function walker(root: DirectoryInode, limits = DEFAULT_LIMITS) {
  let made = 0;
  const walk = new PathWalker(root, limits, () => void made++, () => false);
  return { walk, made: () => made };
}

Deno.test("splitPath() resolves dots by their text, and refuses to leave the root", () => {
  assertEquals(splitPath("./a//b/../c/.", DEFAULT_LIMITS), ["a", "c"]);
  assertEquals([splitPath("/", DEFAULT_LIMITS), splitPath("", DEFAULT_LIMITS)], [[], []]);
  for (const path of ["..", "a/../..", "/../etc"]) {
    assertThrows(() => splitPath(path, DEFAULT_LIMITS), LayerError, "leads out of the image");
  }
});

Deno.test("splitPath() refuses what Linux would not take", () => {
  assertThrows(() => splitPath("a\0b", DEFAULT_LIMITS), LayerError, "holds a NUL");
  assertEquals(splitPath("x".repeat(255), DEFAULT_LIMITS)[0]?.length, 255);
  assertThrows(() => splitPath("x".repeat(256), DEFAULT_LIMITS), LayerError, "a name in");
  assertThrows(() => splitPath("a/".repeat(2048), DEFAULT_LIMITS), LayerError, "is too long");
});

Deno.test("PathWalker makes directories that are absent, or looks without making any", () => {
  const root = directory({ etc: directory() });
  const { walk, made } = walker(root);
  assertEquals([walk.parentOf(["usr", "lib"], "look"), made(), root.entries.size], [undefined, 0, 1]);
  const spot = walk.parentOf(["usr", "lib"], "create");
  assertEquals([spot.ancestors.map(({ name }) => name), made()], [["usr", "lib"], 2]);
  assertEquals(walk.parentOf(["usr", "lib"], "look")?.directory === spot.directory, true);
  assertEquals([spot.directory.metadata.mode, spot.directory.metadata.mtime], [0o755, 0]);
});

Deno.test("PathWalker follows links with the image as root", () => {
  const target = directory();
  const root = directory({
    real: directory({ lib: target, up: link("../real/lib"), out: link("../../../real/lib") }),
    lib: link("real/lib"),
    absolute: link("/real/./lib"),
  });
  const { walk } = walker(root);
  for (const path of ["lib", "absolute", "real/up", "real/out"]) {
    const spot = walk.parentOf(path.split("/"), "look");
    assertEquals(spot?.directory === target, true, path);
    assertEquals(spot?.ancestors.map(({ name }) => name), ["real", "lib"], path);
  }
});

Deno.test("PathWalker refuses circles, files on the way, and what is too deep", () => {
  const file: Inode = { type: "fifo", metadata, major: 0, minor: 0 };
  const root = directory({ loop: link("loop"), a: link("b"), b: link("a"), file });
  const { walk } = walker(root, { ...DEFAULT_LIMITS, depth: 3 });
  for (const name of ["loop", "a"]) {
    assertThrows(() => walk.parentOf([name], "create"), LayerError, "leads in circles");
  }
  assertThrows(() => walk.parentOf(["file", "x"], "create"), LayerError, "through what is no directory");
  assertEquals(walk.parentOf(["file", "x"], "look"), undefined);
  assertEquals(walk.parentOf(["1", "2", "3"], "create").ancestors.length, 3);
  assertThrows(() => walk.parentOf(["1", "2", "3", "4"], "create"), LayerError, "is too deep");
});
