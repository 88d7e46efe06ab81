import { parseImageName } from "../../src/image/model/image_name.ts";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { assertEquals, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { NAME, withFixture } from "./fixture.ts";
import { run } from "./registry.ts";

const ROUNDS = 12;

Deno.test("a pull killed at any moment leaves a whole image or none, and the next command cleans up", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [`file${at}`, crypto.getRandomValues(new Uint8Array(60_000))]),
  );
  await withFixture(async ({ store, registry, folder, paths, image }) => {
    const reference = `${registry.host}/${NAME}`;
    const images = join(paths.data, "images");
    let whole = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          fileURLToPath(new URL("./killed_pull.ts", import.meta.url)),
          folder,
          reference,
        ],
        env: { CONTAINERS_REGISTRIES_CONF: "/dev/null" },
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const output = child.stdout.getReader();
      await output.read();
      // From at once to after its end, which is about 300 ms away.
      await new Promise<void>((resolve) => setTimeout(resolve, round * 30));
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended already: that round tests an image that is whole.
      }
      await Promise.all([child.status, output.cancel()]);
      using opened = await store();
      const left = [...Deno.readDirSync(images)].map(({ name }) => name).filter((name) => name !== "locks");
      const [found] = await opened.list();
      assertEquals(left, found ? [image.id.slice("sha256:".length)] : []);
      if (!found) continue;
      whole++;
      await run("fsck.erofs", [found.disk]);
      await opened.remove(parseImageName(found.id));
      assertTrue(!existsSync(found.disk));
    }
    using opened = await store();
    assertEquals((await opened.pull(parseImageName(reference))).id, image.id as never);
    assertTrue(whole < ROUNDS, "no round was killed in time");
  }, { layers: [files, { small: "1" }] });
});
