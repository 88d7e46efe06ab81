import { gzipSync } from "node:zlib";
import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { digestOf } from "../model/digest.ts";
import { RegistryClient } from "./client.ts";
import { RegistryHttp } from "./http.ts";
import { basicAuthorization } from "./token.ts";

type Handler = (request: Request, path: string) => Response;

/** A registry of a test's own, a client of its repository `a/b`, and the requests that came. */
async function withRegistry(
  handler: Handler,
  body: (client: RegistryClient, asked: string[], host: string) => Promise<void>,
  options: { auths?: (host: string) => Record<string, unknown> } = {},
): Promise<void> {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${pathname}${search} ${request.headers.get("authorization") ?? "-"}`);
    return pathname === "/v2/" ? new Response("") : handler(request, pathname);
  });
  const registry = `127.0.0.1:${server.addr.port}`;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/config.json`,
      JSON.stringify({ auths: options.auths?.(registry) ?? {} }),
    );
    const environment = (name: string) => name === "DOCKER_CONFIG" ? folder : undefined;
    using http = new RegistryHttp({ environment });
    const reference = { registry, repository: "a/b", tag: "1" };
    await body(new RegistryClient(reference, { http, environment }), asked, registry);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const bytes = new TextEncoder().encode("{}");
const failure = (status: number, message: string) =>
  Response.json({ errors: [{ code: "CODE", message }] }, { status });

Deno.test("RegistryClient.manifest() asks for the tag or a digest, and verifies what comes", async () => {
  const digest = digestOf(bytes);
  const headers = { "content-type": "text/x", "docker-content-digest": digest };
  await withRegistry(() => new Response(bytes, { headers }), async (client, asked) => {
    assertEquals(await client.manifest(), { bytes, digest, mediaType: "text/x" });
    await client.manifest({ digest });
    const other = digestOf(new Uint8Array(1));
    await assertRejects(() => client.manifest({ digest: other }), SmolvmError, "its digest is");
    const paths = ["/v2/", "1", digest, other].map((name) =>
      name === "/v2/" ? name : `/v2/a/b/manifests/${name}`
    );
    assertEquals(asked, paths.map((path) => `${path} -`));
  });
});

Deno.test("RegistryClient.manifest() does not believe a registry that announces another digest", async () => {
  const headers = { "docker-content-digest": digestOf(new Uint8Array(1)) };
  await withRegistry(() => new Response(bytes, { headers }), async (client) => {
    await assertRejects(() => client.manifest(), SmolvmError, "its digest is");
  });
});

Deno.test("RegistryClient.smallBlob() is verified, and bounded", async () => {
  await withRegistry(() => new Response(bytes), async (client) => {
    const descriptor = { digest: digestOf(bytes), size: 2 };
    assertEquals(await client.smallBlob(descriptor, { limit: 2, what: "the config" }), bytes);
    const small = { limit: 1, what: "the config" };
    await assertRejects(() => client.smallBlob(descriptor, small), SmolvmError, "longer than 1 bytes");
    const other = { digest: digestOf(new Uint8Array(1)), size: 2 };
    await assertRejects(
      () => client.smallBlob(other, { limit: 2, what: "the config" }),
      SmolvmError,
      "the config",
    );
  });
});

Deno.test("RegistryClient.blob() resumes where the registry does, and begins anew where not", async () => {
  const digest = digestOf(bytes);
  const handler: Handler = (request) => {
    if (!request.headers.has("range")) return new Response("whole");
    return new Response("tail", { status: 206, headers: { "content-range": "bytes 3-6/7" } });
  };
  await withRegistry(handler, async (client) => {
    for (const [from, start, text] of [[0, 0, "whole"], [3, 3, "tail"]] as const) {
      const tail = await client.blob(digest, { from });
      assertEquals([tail.start, await new Response(tail.body).text()], [start, text]);
    }
  });
});

Deno.test("RegistryClient answers a challenge once for requests that were refused together", async () => {
  let tokens = 0;
  const handler: Handler = (request, path) => {
    if (path === "/token") return Response.json({ token: `T${++tokens}` });
    if (request.headers.get("authorization") === "Bearer T1") return new Response(bytes);
    const realm = `http://${new URL(request.url).host}/token`;
    return new Response("", { status: 401, headers: { "www-authenticate": `Bearer realm="${realm}"` } });
  };
  await withRegistry(handler, async (client) => {
    const descriptor = { digest: digestOf(bytes), size: 2 };
    const options = { limit: 2, what: "x" };
    await Promise.all([client.smallBlob(descriptor, options), client.smallBlob(descriptor, options)]);
    assertEquals((await client.manifest()).bytes, bytes);
    assertEquals(tokens, 1);
  });
});

Deno.test("RegistryClient gives the user's password to a registry that asks for it, and gives up when refused", async () => {
  let accepted = true;
  const handler: Handler = (request) =>
    accepted && request.headers.get("authorization") === basicAuthorization("u", "p")
      ? new Response(bytes)
      : new Response("", { status: 401, headers: { "www-authenticate": "Basic realm=x" } });
  const auths = (host: string) => ({ [host]: { auth: btoa("u:p") } });
  await withRegistry(handler, async (client, asked) => {
    assertEquals((await client.manifest()).bytes, bytes);
    accepted = false;
    const before = asked.length;
    await assertRejects(() => client.manifest(), SmolvmError, "access is denied to user u");
    assertEquals(asked.length - before, 1);
  }, { auths });
});

Deno.test("RegistryClient says in one line what a registry answers", async () => {
  const answers = [
    failure(404, "no such thing"),
    failure(403, ""),
    failure(418, "a teapot"),
    new Response("<html>", { status: 404 }),
  ];
  await withRegistry(() => answers.shift() ?? failure(500, ""), async (client, _asked, host) => {
    const reasonOf = async () => {
      const { kind, subject, reason } = await assertRejects(() => client.manifest(), SmolvmError);
      assertEquals([kind, subject], ["registry", `${host}/a/b:1`]);
      return reason;
    };
    assertEquals(await reasonOf(), `${host}: there is no such image (no such thing)`);
    assertEquals(await reasonOf(), `${host}: access is denied, or there is no such image`);
    assertEquals(await reasonOf(), `${host}: it answers 418 (a teapot)`);
    assertEquals(await reasonOf(), `${host}: there is no such image`);
  });
});

Deno.test("RegistryClient.manifest() does not take a web page for an answer, though its status is 200", async () => {
  const page = () =>
    new Response("<html>log in</html>", { headers: { "content-type": "text/html; charset=utf-8" } });
  await withRegistry(page, async (client) => {
    await assertRejects(() => client.manifest(), SmolvmError, "it answers with a web page");
  });
});

Deno.test("RegistryClient needs no HEAD, which some registries do not allow", async () => {
  const handler: Handler = ({ method }) => new Response(bytes, { status: method === "GET" ? 200 : 405 });
  await withRegistry(handler, async (client) => {
    assertEquals((await client.manifest()).digest, digestOf(bytes));
    const blob = await client.blob(digestOf(bytes), { from: 0 });
    assertEquals(await new Response(blob.body).bytes(), bytes);
  });
});

Deno.test("RegistryClient takes an answer that was compressed unasked for what it holds", async () => {
  // What a digest is of has no content coding (RFC 9110 section 8.4): proxies add one, against our wish.
  const asked: (string | null)[] = [];
  const headers = { "content-encoding": "gzip", "docker-content-digest": digestOf(bytes) };
  const handler: Handler = (request) => {
    asked.push(request.headers.get("accept-encoding"));
    return new Response(new Uint8Array(gzipSync(bytes)), { headers });
  };
  await withRegistry(handler, async (client) => {
    assertEquals(await client.manifest(), { bytes, digest: digestOf(bytes), mediaType: undefined });
    assertEquals((await client.manifest({ digest: digestOf(bytes) })).bytes, bytes);
    const descriptor = { digest: digestOf(bytes), size: 2 };
    assertEquals(await client.smallBlob(descriptor, { limit: 2, what: "the config" }), bytes);
    const blob = await client.blob(digestOf(bytes), { from: 0 });
    assertEquals(await new Response(blob.body).bytes(), bytes);
    assertEquals(new Set(asked), new Set(["identity"]));
  });
});

Deno.test("RegistryClient bounds an answer by what it holds, not by what was sent", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(2 ** 20)));
  const handler: Handler = () => new Response(bomb, { headers: { "content-encoding": "gzip" } });
  await withRegistry(handler, async (client) => {
    const descriptor = { digest: digestOf(bytes), size: 2 };
    const options = { limit: 1000, what: "the config" };
    await assertRejects(() => client.smallBlob(descriptor, options), SmolvmError, "longer than 1000 bytes");
  });
});
