/**
 * `smolvm image` as a user meets it: the built binary, archives that skopeo made, and a VM of what was loaded.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { Home } from "../harness/smolvm.ts";
import { run } from "../registry/registry.ts";
import { writeLayout } from "../registry/sample_image.ts";

const home = new Home();
const folder = await Deno.makeTempDir({ prefix: "smolvm-image-" });
globalThis.addEventListener("unload", () => {
  Deno.removeSync(home.path, { recursive: true });
  Deno.removeSync(folder, { recursive: true });
});

const image = (...args: string[]) => home.run(["image", ...args]);

/** A `docker save` archive of a static busybox and nothing else. */
async function makeArchive(): Promise<string> {
  const busybox = await Deno.readFile("/bin/busybox");
  const layout = await writeLayout(join(folder, "layout"), [{ "busybox": busybox }], {
    config: { Entrypoint: ["/busybox"], Cmd: ["sh", "-c", "echo from the image; cat"] },
  });
  const path = join(folder, "box.tar");
  await run("skopeo", [
    ...["copy", "-q", "--insecure-policy"],
    `oci:${layout.folder}:latest`,
    `docker-archive:${path}:test/box:1`,
  ]);
  return path;
}

let made: Promise<string> | undefined;
const archive = () => made ??= makeArchive();

Deno.test("image ls and inspect know the bundled image, which cannot be removed", async () => {
  const listed = JSON.parse((await image("ls", "--json")).stdout);
  const [alpine] = listed;
  assertEquals([listed.length, alpine.source], [1, "bundled"]);
  assertMatch((await image("ls")).stdout, /^NAME +ID +SIZE +CREATED +SOURCE\nalpine:.* bundled \(/);
  const inspected = JSON.parse((await image("inspect", "alpine")).stdout);
  assertEquals(inspected, alpine);
  await run("fsck.erofs", [inspected.disk]);
  const removed = await image("rm", "alpine");
  assertEquals([removed.code, removed.stdout], [125, ""]);
  assertMatch(
    removed.stderr,
    /^smolvm: cannot remove the image alpine: it is part of the smolvm binary; .*\n$/,
  );
});

Deno.test("image load, ls, run and rm of an archive; what a VM or a machine needs is not removed", async () => {
  const path = await archive();
  const loaded = await image("load", "-i", path);
  assertMatch(loaded.stdout, /^test\/box:1 [0-9a-f]{12}\n$/);
  assertEquals([loaded.code, loaded.stderr], [0, ""]);
  const [box] = JSON.parse((await image("ls", "--json")).stdout);
  assertEquals([box.references, box.source, box.origin], [["docker.io/test/box:1"], "archive", path]);
  const refused = (reason: string) => ({
    code: 125,
    stdout: "",
    stderr: `smolvm: cannot remove the image test/box:1: ${reason}\n`,
  });
  const running = home.start(["microvm", "run", "-i", "test/box:1"], { stdin: "piped" });
  const output = running.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await output.read()).value, "from the image\n");
  assertEquals(
    await image("rm", "test/box:1"),
    refused("a VM or another smolvm command is using it; stop the VM, or wait until the command has ended"),
  );
  await running.stdin.close();
  assertEquals([(await output.read()).done, (await running.status).code], [true, 0]);
  await running.stderr.cancel();
  assertEquals((await home.run(["microvm", "create", "--name", "web", "test/box:1"])).code, 0);
  assertEquals(
    await image("rm", "test/box:1"),
    refused("the machine web is made of it; delete the machine first"),
  );
  assertEquals((await image("prune", "--all")).stdout, "freed 0 B\n");
  assertEquals((await home.run(["microvm", "delete", "-f", "web"])).code, 0);
  assertEquals(
    (await image("rm", "test/box:1")).stdout,
    `unnamed test/box:1\nremoved ${box.id.slice(7, 19)}\n`,
  );
  assertEquals(JSON.parse((await image("ls", "--json")).stdout).length, 1);
});

Deno.test("image load reads stdin, compressed too, and refuses what is no image", async () => {
  const path = await archive();
  const shell = (script: string) =>
    run("sh", ["-c", script, "sh", new URL("../../dist/smolvm", import.meta.url).pathname, path, home.path]);
  assertMatch(await shell('gzip -1c "$2" | SMOLVM_HOME="$3" "$1" image load --name mine:2'), /^mine:2 /);
  assertEquals((await image("rm", "mine:2")).code, 0);
  await Deno.writeTextFile(join(folder, "words"), "not an archive ".repeat(100));
  const refused = await image("load", join(folder, "words"));
  assertEquals([refused.code, refused.stdout, refused.stderr.split("\n").length], [125, "", 2]);
  assertMatch(refused.stderr, /^smolvm: cannot load .*words: /);
});

Deno.test("image pull says in one line what cannot be had", async () => {
  for (const [name, words] of [["UPPER", /lower case/], ["localhost:1/x", /refused/]] as const) {
    const { code, stdout, stderr } = await image("pull", name);
    assertEquals([code, stdout, stderr.split("\n").length], [125, "", 2]);
    assertMatch(stderr, words);
  }
  assertTrue((await image("inspect", "nothing")).stderr.includes("see smolvm image ls"));
});

Deno.test("image load takes what docker save and gzip pipe into it, as it takes the file", async () => {
  const noise = Array.from({ length: 3 }, () => new Uint8Array(randomBytes(2_000_000)));
  const filesOf = (bytes: Uint8Array) =>
    Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`noise/${at}`, bytes.subarray(at * 50_000, (at + 1) * 50_000)]),
    );
  const layers = noise.map(filesOf);
  const layout = await writeLayout(join(folder, "saved-layout"), layers);
  const saved = join(folder, "saved.tar");
  const target = `docker-archive:${saved}:test/saved:1`;
  await run("skopeo", ["copy", "-q", "--insecure-policy", `oci:${layout.folder}:latest`, target]);
  await run("gzip", ["-k", "-1", saved]);
  const child = home.start(["image", "load", "--json"], { stdin: "piped" });
  const gzip = new Deno.Command("gzip", { args: ["-1c", saved], stdout: "piped" }).spawn();
  const [, piped] = await Promise.all([gzip.stdout.pipeTo(child.stdin), child.output(), gzip.status]);
  assertEquals([piped.code, new TextDecoder().decode(piped.stderr)], [0, ""]);
  const [fromPipe] = JSON.parse(new TextDecoder().decode(piped.stdout));
  const content = await Deno.readFile(fromPipe.disk);
  assertEquals(fromPipe.references, ["docker.io/test/saved:1"]);
  for (const source of [saved, `${saved}.gz`]) {
    assertEquals((await image("rm", "test/saved:1")).code, 0);
    const [loaded] = JSON.parse((await image("load", "--json", source)).stdout);
    assertEquals(loaded.id, fromPipe.id);
    assertTrue(Buffer.compare(await Deno.readFile(loaded.disk), content) === 0);
  }
  await run("fsck.erofs", [fromPipe.disk]);
  assertEquals((await image("rm", "test/saved:1")).code, 0);
  assertEquals(JSON.parse((await image("ls", "--json")).stdout).length, 1);
});
