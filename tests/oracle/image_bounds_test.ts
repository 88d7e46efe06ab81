/**
 * `smolvm image` where this host sets the bounds: files larger than 4 GiB, a full disk, folders that are
 * not ours.
 *
 * @module
 */
import { join } from "node:path";
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { withMounted } from "../harness/listing.ts";
import { BINARY, Home } from "../harness/smolvm.ts";
import { tarOf } from "../harness/tar.ts";
import { run } from "../registry/registry.ts";
import { writeLayout } from "../registry/sample_image.ts";

const root = Deno.uid() === 0;
const GIB = 2 ** 30;

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-bounds-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "image load takes a file larger than 4 GiB, and its holes stay holes",
  ignore: !root,
  fn: () =>
    withFolder(async (folder) => {
      await using home = new Home();
      const source = join(folder, "root");
      await Deno.mkdir(source);
      {
        using file = await Deno.create(join(source, "large"));
        await file.seek(5 * GIB, Deno.SeekMode.Start);
        await file.write(new TextEncoder().encode("the end"));
      }
      const tar = join(folder, "layer.tar");
      await run("tar", ["--format=pax", "--sparse", "-C", source, "-cf", tar, "."]);
      const layout = await writeLayout(join(folder, "layout"), [await Deno.readFile(tar)]);
      const loaded = await home.run(["image", "load", "--name", "large", layout.folder]);
      assertEquals([loaded.code, loaded.stderr], [0, ""]);
      const { disk, diskBytes } = JSON.parse((await home.run(["image", "inspect", "large"])).stdout);
      const { size, blocks } = await Deno.stat(disk);
      assertEquals([size > 5 * GIB, size === diskBytes, (blocks ?? 0) * 512 < 10_000_000], [
        true,
        true,
        true,
      ]);
      await run("fsck.erofs", [disk]);
      assertMatch(await run("dump.erofs", ["--path=/large", disk]), /Size: 5368709127 /);
      await withMounted(disk, "erofs", async (mounted) => {
        using file = await Deno.open(join(mounted, "large"));
        await file.seek(5 * GIB - 1, Deno.SeekMode.Start);
        const bytes = new Uint8Array(100);
        const count = await file.read(bytes) ?? 0;
        assertEquals(new TextDecoder().decode(bytes.subarray(0, count)), "\0the end");
      });
    }),
});

Deno.test({
  name: "image load takes 100,000 files within 300 MB of memory",
  ignore: !root,
  fn: () =>
    withFolder(async (folder) => {
      await using home = new Home();
      const tar = join(folder, "layer.tar");
      {
        using file = await Deno.create(tar);
        const noise = crypto.getRandomValues(new Uint8Array(20_000));
        for (let at = 0; at < 100; at++) {
          const files = Array.from({ length: 1000 }, (_, index) => ({
            path: `folder${at}/file${index}`,
            data: noise.subarray(0, index * 7 % (index % 100 === 0 ? 20_000 : 2000)),
          }));
          file.writeSync(tarOf(files, { end: at === 99 }));
        }
      }
      const layout = await writeLayout(join(folder, "layout"), [await Deno.readFile(tar)]);
      const load = home.start(["image", "load", "--json", layout.folder]);
      let peak = 0;
      // What the kernel keeps is the highest so far, so the last look before the end tells.
      const watch = setInterval(() => peak = Math.max(peak, peakMemory(load.pid)), 20);
      const { code, stdout } = await load.output();
      clearInterval(watch);
      const [{ disk }] = JSON.parse(new TextDecoder().decode(stdout));
      assertEquals([code, peak > 0 && peak < 300e6], [0, true], `${peak} bytes`);
      await run("fsck.erofs", [disk]);
      await withMounted(disk, "erofs", async (mounted) => {
        const found = await run("sh", ["-c", 'find "$1" -type f | wc -l', "sh", mounted]);
        assertEquals(found.trim(), "100000");
      });
    }),
});

/** The most memory that a process has had so far, in bytes; 0 when it is gone. */
function peakMemory(pid: number): number {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

Deno.test({
  name: "image load on a full disk is one clear line, and leaves the store as it was",
  ignore: !root,
  fn: () =>
    withFolder(async (folder) => {
      await using home = new Home();
      const noise = crypto.getRandomValues(new Uint8Array(60_000));
      const files = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`file${at}`, noise]));
      const small = await writeLayout(join(folder, "small"), [{ "a": "1" }]);
      const large = await writeLayout(join(folder, "large"), [files]);
      const archive = join(folder, "large.tar");
      await run("tar", ["-C", large.folder, "-cf", archive, "."]);
      await run("mount", ["-t", "tmpfs", "-o", "size=24m,mode=700", "smolvm-test", home.path]);
      try {
        assertEquals((await home.run(["image", "load", small.folder])).code, 0);
        const before = (await home.run(["image", "ls", "--json"])).stdout;
        for (const source of [large.folder, archive]) {
          const { code, stdout, stderr } = await home.run(["image", "load", source]);
          assertEquals([code, stdout], [125, ""]);
          assertEquals(
            stderr,
            `smolvm: cannot load ${source}: no space is left on the disk; ` +
              "free some, or set SMOLVM_HOME to a folder on another disk\n",
          );
          assertEquals((await home.run(["image", "ls", "--json"])).stdout, before);
          const left = [...Deno.readDirSync(join(home.path, "data", "images"))].map(({ name }) => name);
          assertEquals(left.sort(), [small.id.slice("sha256:".length), "locks"].sort());
        }
      } finally {
        await run("umount", [home.path]);
      }
    }),
});

Deno.test({
  name: "image says in one line which folder this user may not read or write",
  ignore: !root,
  fn: () =>
    withFolder(async (folder) => {
      await Deno.chmod(folder, 0o755);
      // The project may lie where another user cannot go.
      await Deno.copyFile(BINARY, `${folder}/smolvm`);
      const [home, closed, source] = ["home", "closed", "source"].map((name) => join(folder, name));
      for (const path of [home, closed, source]) await Deno.mkdir(path ?? "");
      await Deno.chown(home ?? "", 65534, 65534);
      await Deno.mkdir(`${source}/secret`, { mode: 0o700 });
      await Deno.writeTextFile(`${folder}/box.tar`, "x", { mode: 0o600 });
      const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", `${folder}/smolvm`, "image"];
      const cases: [string | undefined, string[], RegExp][] = [
        [closed, ["ls"], /^smolvm: cannot open .*\/closed\/.*permission is denied; make it .*\n$/],
        [home, ["load", `${folder}/box.tar`], /^smolvm: cannot load .*\/box\.tar: permission is denied\n$/],
        [
          home,
          ["load", "--name", "x", source ?? ""],
          /^smolvm: cannot read the folder .*\/source: .*secret.*denied\n$/,
        ],
      ];
      for (const [path, args, words] of cases) {
        const { code, stdout, stderr } = await new Deno.Command("setpriv", {
          args: [...nobody, ...args],
          cwd: "/",
          clearEnv: true,
          env: { PATH: Deno.env.get("PATH") ?? "", SMOLVM_HOME: path ?? "" },
          stdin: "null",
        }).output();
        assertEquals([code, stdout.length], [125, 0]);
        assertMatch(new TextDecoder().decode(stderr), words);
      }
    }),
});
