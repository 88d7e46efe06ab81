/**
 * Pulls by TLS from registries whose authority, and whose word about the user, are in a folder certs.d.
 *
 * @module
 */
import { join } from "node:path";
import { parseImageName } from "../../src/image/model/image_name.ts";
import { SmolvmError } from "../../src/error.ts";
import { assertEquals, assertMatch, assertRejects } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { NAME, withFixture } from "./fixture.ts";
import { makeSignedCertificate } from "./token_server.ts";

Deno.test("pull() trusts the authority in a registry's certs.d, and shows the registry who the user is", async () => {
  await withFixture(async ({ store, registry, image, folder, environment }) => {
    using images = await store();
    const pull = () => images.pull(parseImageName(`${registry.host}/${NAME}`));
    environment.set("XDG_CONFIG_HOME", join(folder, "config"));
    await assertRejects(pull, SmolvmError, "certificate");
    const certificates = join(folder, "config", "containers", "certs.d", registry.host);
    await Deno.mkdir(certificates, { recursive: true });
    await Deno.copyFile(join(folder, "authority.crt"), join(certificates, "ca.crt"));
    // The server ends the connection with an alert, and at times its end comes first.
    const { reason } = await assertRejects(pull, SmolvmError);
    assertMatch(reason, /it wants a certificate of this client|the connection broke off/);
    for (const [end, made] of [["cert", "crt"], ["key", "key"]]) {
      await Deno.copyFile(join(folder, "client", `server.${made}`), join(certificates, `client.${end}`));
    }
    assertEquals((await pull()).id, image.id as never);
  }, {
    guard: async (folder) => {
      await Deno.mkdir(join(folder, "client"));
      const { authority } = await makeSignedCertificate(join(folder, "client"));
      return { tls: { ...await makeSignedCertificate(folder), clients: authority } };
    },
  });
});
