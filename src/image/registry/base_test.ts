import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { findBase } from "./base.ts";
import { RegistryHttp } from "./http.ts";
import { TransientError } from "./retry.ts";

const environment = () => undefined;
const subject = "a:1";

/** A registry by plain http at an address of this host that is none of the names for the loopback. */
async function withPlainServer(body: (registry: string) => Promise<void>): Promise<void> {
  await using server = Deno.serve({ hostname: "127.0.0.2", port: 0, onListen() {} }, () => new Response(""));
  await body(`127.0.0.2:${server.addr.port}`);
}

Deno.test("findBase() asks nobody off this host: a registry there has TLS", async () => {
  using http = new RegistryHttp({ environment });
  assertEquals((await findBase("docker.io", { http, subject })).href, "https://registry-1.docker.io/");
});

Deno.test("findBase() speaks plain http to a host that the user allows it to, when that has no TLS", async () => {
  await withPlainServer(async (registry) => {
    using http = new RegistryHttp({ environment, plainHost: "127.0.0.2" });
    assertEquals((await findBase(registry, { http, subject })).href, `http://${registry}/`);
    using other = new RegistryHttp({ environment, plainHost: "127.0.0.3" });
    assertEquals((await findBase(registry, { http: other, subject })).href, `https://${registry}/`);
  });
});

Deno.test("RegistryHttp.send() says that a registry speaks plain http, and what to do", async () => {
  await withPlainServer(async (registry) => {
    using http = new RegistryHttp({ environment });
    const url = new URL(`https://${registry}/v2/`);
    const { failure, attempts } = await assertRejects(() => http.send({ url, subject }), TransientError);
    assertEquals(failure.reason, `${registry}: it speaks plain http, without TLS`);
    assertEquals(failure.remedy, "pull with --insecure if you trust the network to it");
    assertEquals(attempts, 1);
  });
});
