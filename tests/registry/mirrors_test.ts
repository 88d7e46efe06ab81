/**
 * Pulls under the settings of registries.conf, from real registries.
 *
 * @module
 */
import { parseImageName } from "../../src/image/model/image_name.ts";
import { SmolvmError } from "../../src/error.ts";
import { assertEquals, assertRejects, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { NAME, withFixture } from "./fixture.ts";
import { freePort, Registry } from "./registry.ts";

/** A registry that only its mirrors can stand for: no name server knows it (RFC 6761). */
const ORIGIN = "registry.test";

/** Settings of {@linkcode ORIGIN}, blocked so that nobody looks its name up, with mirrors. */
function mirroredBy(...mirrors: string[]): string {
  const each = mirrors.map((mirror) => `[[registry.mirror]]\nlocation = "${mirror}"\n`);
  return `[[registry]]\nlocation = "${ORIGIN}"\nblocked = true\n${each.join("")}`;
}

Deno.test("pull() takes an image from a mirror under the name that the user gave, with the mirror's own credentials", async () => {
  await withFixture(async ({ store, registry, image, settings, dockerConfig }) => {
    await settings(mirroredBy(`127.0.0.1:${freePort()}`, registry.host));
    using images = await store();
    const pull = () => images.pull(parseImageName(`${ORIGIN}/${NAME}`));
    await dockerConfig({ auths: { [ORIGIN]: { auth: btoa("me:secret") } } });
    await assertRejects(pull, SmolvmError, `${registry.host}/${NAME} (access is denied`);
    await dockerConfig({ auths: { [registry.host]: { auth: btoa("me:secret") } } });
    const pulled = await pull();
    assertEquals([pulled.id, pulled.manifestDigest], [image.id as never, image.manifestDigest as never]);
    assertEquals([pulled.references, pulled.origin], [[`${ORIGIN}/${NAME}`], `${ORIGIN}/${NAME}`]);
  }, {
    guard: async (folder) => {
      const htpasswd = `${folder}/htpasswd`;
      const made = new Deno.Command("htpasswd", { args: ["-Bbc", htpasswd, "me", "secret"], stderr: "null" });
      assertTrue((await made.output()).success);
      return { htpasswd };
    },
  });
});

Deno.test("pull() goes past mirrors that lack the image, and two at once do the work once", async () => {
  await withFixture(async ({ store, registry, image, settings }) => {
    await using empty = await Registry.start();
    const layers: string[] = [];
    await using counting = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname } = new URL(request.url);
      if (image.layers.some((digest) => pathname.endsWith(digest))) layers.push(pathname);
      return await fetch(`http://${registry.host}${pathname}`, { headers: request.headers });
    });
    await settings(mirroredBy(empty.host, `127.0.0.1:${counting.addr.port}`));
    using first = await store();
    using second = await store();
    const name = parseImageName(`${ORIGIN}/test/image@${image.manifestDigest}`);
    const [a, b] = await Promise.all([first.pull(name), second.pull(name)]);
    assertEquals([a.id, b.id], [image.id as never, image.id as never]);
    assertEquals(layers.length, image.layers.length);
    // What is here is found by its name, whatever the settings are now.
    await settings("[[registry]\n");
    assertEquals((await first.pull(name)).id, image.id as never);
    await assertRejects(
      () => first.pull(parseImageName(`${ORIGIN}/${NAME}`)),
      SmolvmError,
      "registries.conf: line 1: ",
    );
  });
});
