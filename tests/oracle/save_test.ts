/**
 * What `image save` writes, judged by GNU tar, skopeo and umoci, and by `image load`.
 *
 * @module
 */
import { join } from "node:path";
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { listFolder, run, withMounted } from "../harness/listing.ts";
import { Home } from "../harness/smolvm.ts";

const root = Deno.build.os === "linux" && Deno.uid() === 0;

/** Everything that a file system can hold and an archive too. */
const odd =
  `set -e; cd "$1"; mkdir -p dir/deep empty; echo hello > dir/file; ln dir/file dir/deep/again; ln -s ../file dir/deep/link
  mknod node c 1 3; mkfifo fifo; chown 33:3000000000 dir/file; chmod 4711 dir/file; chmod 1777 empty; touch -d '1969-12-31 23:59:58.5 UTC' empty
  printf x > "$(printf 'raw\\377name')"; mkdir "$(printf 'l%.0s' $(seq 200))"; python3 -c 'import os; os.setxattr("dir/file", "user.note", bytes([0, 255, 61]))'; truncate -s 3M sparse`;

Deno.test({
  name:
    "image save writes every file, name, owner and attribute, the same each time, for tar, skopeo, umoci and load",
  ignore: !root,
  fn: async () => {
    await using home = new Home();
    const folder = await Deno.makeTempDir();
    try {
      const [source, archive, again] = ["source", "odd.tar", "again.tar"].map((name) => join(folder, name));
      await Deno.mkdir(source ?? "");
      await run("sh", ["-c", odd, "sh", source ?? ""]);
      assertEquals((await home.run(["image", "load", "--name", "odd:1", source ?? ""])).stderr, "");
      for (const path of [archive, again]) {
        assertEquals((await home.run(["image", "save", "-o", path ?? "", "odd:1"])).stderr, "");
      }
      assertEquals(await Deno.readFile(archive ?? ""), await Deno.readFile(again ?? ""));

      // GNU tar finds in the layer what the disk has.
      const unpacked = join(folder, "unpacked");
      await Deno.mkdir(unpacked);
      const manifest = JSON.parse(await run("tar", ["-xOf", archive ?? "", "manifest.json"]));
      const [layer] = manifest[0].Layers;
      await run("sh", [
        "-c",
        'tar -xOf "$1" "$2" | tar --xattrs --xattrs-include="*" --numeric-owner -xpf - -C "$3"',
        ...["sh", archive ?? "", layer, unpacked],
      ]);
      const { disk } = JSON.parse((await home.run(["image", "inspect", "odd:1"])).stdout);
      const inDisk = await withMounted(disk, "erofs", (mounted) => listFolder(mounted, { mtime: true }));
      assertEquals(await listFolder(unpacked, { mtime: true }), inDisk);

      assertMatch(await run("skopeo", ["inspect", "--config", `docker-archive:${archive}`]), /"linux"/);
      await run("skopeo", ["copy", "--quiet", `oci-archive:${archive}`, `oci:${folder}/layout:odd`]);
      await run("umoci", ["unpack", "--image", `${folder}/layout:odd`, `${folder}/bundle`]);

      // What is loaded of it has another id, which stays from then on.
      await using other = new Home();
      const loaded = await other.run(["image", "load", archive ?? ""]);
      assertMatch(loaded.stdout, /^odd:1 [0-9a-f]{12}\n$/);
      const saved = await new Deno.Command(other.binary, {
        args: ["save", "odd:1"],
        clearEnv: true,
        env: other.env(),
      }).output();
      assertEquals(saved.stdout, await Deno.readFile(archive ?? ""));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("image save leaves nothing half written, and says what it cannot do", async () => {
  await using home = new Home();
  const folder = await Deno.makeTempDir();
  try {
    const missing = await home.run(["image", "save", "-o", `${folder}/a.tar`, "alpine", "no/such"]);
    assertEquals([missing.code, missing.stdout], [125, ""]);
    assertMatch(missing.stderr, /no\/such/);
    const away = await home.run(["image", "save", "-o", `${folder}/none/a.tar`, "alpine"]);
    assertEquals([away.code, away.stdout], [125, ""]);
    assertMatch(away.stderr, /^smolvm: cannot save to .*\/none\/a\.tar: [^\n]+\n$/);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), []);
    const docker = await home.run(["image", "save", "--format", "oci", "alpine:latest"]);
    assertEquals([docker.code, docker.stdout.includes("manifest.json")], [0, false]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
