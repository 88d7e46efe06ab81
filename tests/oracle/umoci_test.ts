import { join } from "node:path";
import { buildDisk } from "../../src/image/tree/build_disk.ts";
import { assertEquals, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { paxData, tarOf, type TarSpec } from "../harness/tar.ts";
import { run } from "../registry/registry.ts";
import { describeFolder, describeXattrs, umociUnpack, withMounted } from "./files.ts";

const ignore = Deno.uid() !== 0;

/** Layers as tar files in a folder that is gone afterwards. */
async function withLayers(
  layers: readonly (readonly TarSpec[])[],
  body: (files: string[], folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-oracle-" });
  try {
    const files = layers.map((entries, at) => {
      const file = join(folder, `layer${at}.tar`);
      Deno.writeFileSync(file, tarOf(entries));
      return file;
    });
    await body(files, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compare(files: readonly string[], folder: string): Promise<void> {
  const disk = join(folder, "disk.erofs");
  await buildDisk(
    files.map((file) => ({ name: file, open: async () => (await Deno.open(file)).readable })),
    disk,
  );
  await run("fsck.erofs", [disk]);
  const rootfs = await umociUnpack(folder, files);
  await withMounted(disk, async (mounted) => {
    assertEquals(await describeFolder(mounted), await describeFolder(rootfs));
    assertEquals(await describeXattrs(mounted), await describeXattrs(rootfs));
  });
}

const root: TarSpec = { path: "./", mtime: 1_600_000_000 };
const deep = `${"d".repeat(200)}/`;
const big = "x".repeat(300_000);

const cases: Readonly<Record<string, readonly (readonly TarSpec[])[]>> = {
  "files of every kind": [[
    root,
    { path: "bin/", mode: 0o755 },
    { path: "bin/su", mode: 0o4755, data: "#!" },
    { path: "empty", data: "" },
    { path: "big", data: big, uid: 1000, gid: 2000, mtime: 1_234_567_890 },
    { path: "tmp/", mode: 0o1777 },
    { path: "link", type: "2", link: "bin/su" },
    { path: "dangling", type: "2", link: "/no/such/place" },
    { path: "long", type: "2", link: "x/".repeat(45) },
    { path: "hard", type: "1", link: "bin/su" },
    { path: "hardlink-of-link", type: "1", link: "link" },
    { path: "null", type: "3", major: 1, minor: 3, mode: 0o666 },
    { path: "disk", type: "4", major: 8, minor: 300 },
    { path: "fifo", type: "6" },
    { path: "\xff\xfe name", data: "not UTF-8" },
    { path: "sub/", pax: { mtime: "1234567890.123456789" } },
    { path: "sub/frac", pax: { mtime: "1234567890.5" }, data: "f" },
    { path: "ids", pax: { uid: "4000000000", gid: "70000" }, data: "" },
    { path: "x", pax: { path: "sub/" + "n".repeat(200) }, data: "long" },
    { path: "x", type: "L", data: "sub/" + "m".repeat(180) + "\0" },
    { path: "x", data: "gnu" },
    {
      path: "caps",
      pax: { "SCHILY.xattr.security.capability": "\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0" },
      data: "",
    },
    { path: "user", pax: { "SCHILY.xattr.user.note": "a=b" }, data: "" },
  ]],
  "whiteouts and opaque markers in any order": [
    [
      root,
      ...[
        "a/",
        "a/1",
        "a/2",
        "b/",
        "b/1",
        "b/sub/",
        "b/sub/x",
        "c",
        "d/",
        "d/old",
        "e/",
        "e/old",
        "keep/",
        "keep/1",
      ]
        .map((path) => ({ path, data: path.endsWith("/") ? "" : path })),
    ],
    [
      { path: "a/.wh.1" },
      { path: "b/", mode: 0o700 },
      { path: "b/new", data: "new" },
      { path: "b/.wh..wh..opq" },
      { path: "b/late", data: "late" },
      { path: "c", data: "again" },
      { path: ".wh.c" },
      { path: ".wh.d" },
      { path: "d/", mode: 0o711 },
      { path: "d/fresh", data: "fresh" },
      { path: "e/", mode: 0o711 },
      { path: "e/fresh", data: "fresh" },
      { path: ".wh.never" },
      { path: "keep/.wh.nothing" },
    ],
  ],
  "replaced types": [
    [
      root,
      ...["f", "d/", "d/in", "l-to-d/", "l-to-d/in", "dir/", "dir/in"].map((path) => ({
        path,
        data: path.endsWith("/") ? "" : "1",
      })),
      { path: "link", type: "2", link: "d" },
    ],
    [
      { path: "f/", mode: 0o700 },
      { path: "f/now", data: "in a directory" },
      { path: "d", data: "a file now" },
      { path: "l-to-d", type: "2", link: "f" },
      { path: "dir/", mode: 0o750, uid: 7, mtime: 42 },
      { path: "link/", mode: 0o701 },
      { path: "link/inside", data: "i" },
    ],
  ],
  "parents that are links": [
    [
      root,
      { path: "usr/" },
      { path: "usr/lib/" },
      { path: "lib", type: "2", link: "usr/lib" },
      { path: "abs", type: "2", link: "/usr/lib" },
      { path: "up", type: "2", link: "../../../usr" },
      { path: "usr/back", type: "2", link: "../lib" },
      { path: "nowhere", type: "2", link: "made/on/the/way" },
    ],
    [
      { path: "lib/a", data: "a" },
      { path: "abs/b", data: "b" },
      { path: "up/c", data: "c" },
      { path: "usr/back/d", data: "d" },
      { path: "hard", type: "1", link: "lib/a" },
      { path: "lib/.wh.none" },
    ],
  ],
  "hard links across layers": [
    [root, { path: "a", data: "first" }, { path: "b", type: "1", link: "a" }, { path: "gone", data: "gone" }],
    [{ path: "c", type: "1", link: "gone" }, { path: ".wh.gone" }, { path: "a", data: "second" }],
    [{ path: "d", type: "1", link: "./b" }, { path: "e", type: "1", link: "/a" }, {
      path: "c2",
      type: "1",
      link: "c",
    }],
  ],
  "the extremes that Linux allows": [[
    root,
    { path: "x", pax: { path: "n".repeat(255) }, data: "a name of 255 bytes" },
    ...Array.from({ length: 18 }, (_, at) => ({ path: "d/", pax: { path: deep.repeat(at + 1) } })),
    { path: "deep", pax: { path: `${deep.repeat(18)}f` }, data: "a path of 3600 bytes" },
    { path: "link", type: "2", pax: { linkpath: "t".repeat(4095) } },
    { path: "node", type: "3", major: 4095, minor: 1_048_575 },
    { path: "before-1970", pax: { mtime: "-12345.25" }, data: "" },
    { path: "after-2038", pax: { mtime: "4102444800.999999999" }, data: "" },
    { path: "attribute", pax: { "SCHILY.xattr.user.long": "v".repeat(3500) }, data: "" },
    { path: "many/" },
    ...Array.from({ length: 3000 }, (_, at) => ({ path: `many/${at}-${"m".repeat(80)}`, data: "" })),
  ]],
  "odd names and duplicates": [[
    root,
    { path: "/abs", data: "1" },
    { path: "./dot", data: "2" },
    { path: "x/../y", data: "3" },
    { path: "twice", data: "old" },
    { path: "twice", data: "newer" },
    { path: "v7dir/", type: "\0" },
    { path: ".wh", data: "no whiteout" },
    { path: "a.wh.b", data: "neither" },
  ]],
};

for (const [name, layers] of Object.entries(cases)) {
  Deno.test({
    name: `buildDisk() makes of ${name} what umoci does`,
    ignore,
    fn: () => withLayers(layers, compare),
  });
}

Deno.test({
  name: "buildDisk() makes of GNU tar's sparse files what GNU tar does",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "smolvm-oracle-" });
    try {
      await run("sh", [
        "-c",
        `cd "$1" && mkdir in && truncate -s 3M in/hole && printf end >> in/hole && truncate -s 1M in/all &&
         for i in 0 1 2 3 4 5 6 7 8 9; do printf data | dd of=in/many bs=64K seek=$i conv=notrunc status=none; done`,
        "sh",
        folder,
      ]);
      const formats = { "old": ["gnu"], "0.0": ["pax", "0.0"], "0.1": ["pax", "0.1"], "1.0": ["pax", "1.0"] };
      for (const [name, [format, version]] of Object.entries(formats)) {
        const file = join(folder, `${name}.tar`);
        const sparse = version ? [`--sparse-version=${version}`] : [];
        await run("tar", [
          "-C",
          join(folder, "in"),
          `--format=${format}`,
          "--sparse",
          ...sparse,
          "-cf",
          file,
          ".",
        ]);
        const disk = join(folder, `${name}.erofs`);
        await buildDisk([{ name, open: async () => (await Deno.open(file)).readable }], disk);
        // umoci knows no old sparse files, and the times of pax 0.0 are whole seconds: contents decide.
        await withMounted(disk, async (mounted) => {
          await run("diff", ["-r", join(folder, "in"), mounted]);
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "buildDisk() makes of a real system's files in two layers what umoci does",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "smolvm-oracle-" });
    try {
      const files = [join(folder, "etc.tar"), join(folder, "share.tar")];
      const options = ["--format=pax", "--xattrs", "--sort=name", "-C", "/", "-cf"];
      // The folders above are named as well, or each tool gives them a time of its own.
      const above = ["--no-recursion", ".", "usr", "usr/share", "--recursion"];
      await run("tar", [...options, files[0] ?? "", ...above, "etc", "bin", "sbin"]);
      const more = ["usr/share/zoneinfo", "usr/sbin", "etc/alternatives"];
      await run("tar", [...options, files[1] ?? "", ...above, ...more]);
      await compare(files, folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("buildDisk() is deterministic", async () => {
  await withLayers(cases["files of every kind"] ?? [], async ([file = ""], folder) => {
    const digests = [];
    for (const name of ["1", "2"]) {
      const disk = join(folder, name);
      await buildDisk([{ name: file, open: async () => (await Deno.open(file)).readable }], disk);
      digests.push((await run("sha256sum", [disk])).slice(0, 64));
    }
    assertTrue(digests[0]?.length === 64);
    assertEquals(digests[0], digests[1]);
  });
});

Deno.test("paxData() counts its own length", () => {
  assertEquals(new TextDecoder().decode(paxData([["path", "a"], ["k", "v".repeat(95)]])).length, 9 + 102);
});
