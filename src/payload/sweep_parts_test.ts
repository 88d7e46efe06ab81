import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { writePayload } from "../../tests/harness/payload_file.ts";
import { locatePayload, openPayload } from "./payload.ts";
import { sweepIsDue, sweepParts } from "./sweep_parts.ts";
import { knownPayloads, noteUse, useFiles } from "./uses.ts";

const DAY = 86_400_000;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A cache, and binaries with two parts each, of which one is the same in all. */
class Scene implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly cache = `${this.folder}/cache`;

  /** Puts a version of the binary in its place. */
  install(name: string, version: string): void {
    writePayload(`${this.folder}/${name}`, [
      { name: "vmlinux", bytes: encode(`kernel ${version}`) },
      { name: "confine", bytes: encode("the same in all") },
    ]);
  }

  /** Unpacks what a binary carries, as a process does that has ended. */
  async use(name: string): Promise<void> {
    const payload = locatePayload([`${this.folder}/${name}`]);
    const hold = await noteUse(payload, this.cache);
    hold?.[Symbol.dispose]();
    // The process of this test works on with what openPayload() gives, so that it is given a record of its own.
    const opened = openPayload({ data: "", runtime: "", cache: `${this.folder}/other` }, [payload.file]);
    for (const part of ["vmlinux", "confine"] as const) {
      const path = await opened.path(part);
      const folder = `${this.cache}/parts/${path.split("/").at(-2)}`;
      Deno.mkdirSync(folder, { recursive: true });
      Deno.copyFileSync(path, `${folder}/${part}`);
    }
  }

  /** What the parts in the cache say. */
  parts(): string[] {
    return [...Deno.readDirSync(`${this.cache}/parts`)].flatMap(({ name }) =>
      [...Deno.readDirSync(`${this.cache}/parts/${name}`)].filter(({ name }) => name !== "lock").map((file) =>
        Deno.readTextFileSync(`${this.cache}/parts/${name}/${file.name}`)
      )
    ).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("sweepParts() removes an older version's parts once it is replaced, and none that the new one has too", async () => {
  using scene = new Scene();
  scene.install("smolvm", "1");
  await scene.use("smolvm");
  assertEquals(sweepParts(scene.cache), []);
  scene.install("smolvm", "2");
  await scene.use("smolvm");
  assertEquals(scene.parts(), ["kernel 1", "kernel 2", "the same in all"]);
  assertEquals(sweepParts(scene.cache).length, 1);
  assertEquals(scene.parts(), ["kernel 2", "the same in all"]);
  assertEquals(knownPayloads(scene.cache).length, 1);
  // Used again, it is unpacked again.
  scene.install("smolvm", "1");
  await scene.use("smolvm");
  assertEquals(scene.parts().length, 3);
});

Deno.test("sweepParts() leaves what a process works with, and what another binary carries", async () => {
  using scene = new Scene();
  for (const [name, version] of [["a", "1"], ["b", "2"], ["c", "3"]] as const) {
    scene.install(name, version);
    await scene.use(name);
  }
  const running = await noteUse(locatePayload([`${scene.folder}/a`]), scene.cache);
  for (const name of ["a", "c"]) Deno.removeSync(`${scene.folder}/${name}`);
  sweepParts(scene.cache);
  assertEquals(scene.parts(), ["kernel 1", "kernel 2", "the same in all"]);
  running?.[Symbol.dispose]();
  sweepParts(scene.cache);
  assertEquals(scene.parts(), ["kernel 2", "the same in all"]);
});

Deno.test("sweepParts() keeps parts that no record names for 30 days, and all while a user's record is damaged", async () => {
  using scene = new Scene();
  scene.install("smolvm", "1");
  await scene.use("smolvm");
  const [id = ""] = knownPayloads(scene.cache);
  const { record } = useFiles(scene.cache, id);
  const hold = await noteUse(locatePayload([`${scene.folder}/smolvm`]), scene.cache);
  Deno.writeTextFileSync(record, "{");
  const later = Date.now() + 31 * DAY;
  assertEquals(sweepParts(scene.cache, later), []);
  hold?.[Symbol.dispose]();
  assertEquals(sweepParts(scene.cache), []);
  assertEquals([knownPayloads(scene.cache), scene.parts().length], [[], 2]);
  assertEquals(sweepParts(scene.cache, later).length, 2);
});

Deno.test("sweepIsDue() once a day, and when a payload has come", async () => {
  using scene = new Scene();
  assertTrue(sweepIsDue(scene.cache));
  sweepParts(scene.cache);
  assertTrue(!sweepIsDue(scene.cache) && sweepIsDue(scene.cache, Date.now() + DAY + 1000));
  scene.install("smolvm", "1");
  await scene.use("smolvm");
  assertTrue(sweepIsDue(scene.cache));
});
