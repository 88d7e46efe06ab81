import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import { delay } from "../../async/delay.ts";
import { SmolvmError } from "../../error.ts";
import { readAll, RegistryHttp } from "./http.ts";
import { TransientError } from "./retry.ts";

type Handler = (request: Request) => Response | Promise<Response>;

/** A server, and requests to it. */
async function withServer(
  handler: Handler,
  body: (http: RegistryHttp, url: URL) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  using http = new RegistryHttp({
    environment: () => undefined,
    patience: { milliseconds: 1000, minimumBytes: 1000 },
  });
  try {
    await body(http, new URL(`http://127.0.0.1:${server.addr.port}/start`));
  } finally {
    await server.shutdown();
  }
}

function redirectTo(location: string): Response {
  return new Response(null, { status: 307, headers: { location } });
}

Deno.test("RegistryHttp.send() keeps secrets at their origin, across redirects and back", async () => {
  const seen: string[] = [];
  const server: Handler = (request) => {
    const { pathname, host, port } = new URL(request.url);
    seen.push(`${host.replace(/:.*/, "")}${pathname} ${request.headers.get("authorization")}`);
    if (pathname === "/start") return redirectTo("/same");
    if (pathname === "/same") return redirectTo(`http://localhost:${port}/other`);
    return new Response("there");
  };
  await withServer(server, async (http, url) => {
    const answer = await http.send({ url, subject: "x", authorization: "Bearer secret" });
    assertEquals(new TextDecoder().decode(await readAll(answer, 100, "x")), "there");
    assertEquals(seen, [
      "127.0.0.1/start Bearer secret",
      "127.0.0.1/same Bearer secret",
      "localhost/other null",
    ]);
  });
});

Deno.test("RegistryHttp.send() refuses redirects that leave TLS, never end, or lead nowhere", async () => {
  const cases: [string, string][] = [
    ["http://registry.example/x", "http://registry.example, without TLS"],
    ["file:///etc/passwd", "without TLS"],
    ["/start", "redirects more than 5 times"],
    ["http://[", "is no URL"],
  ];
  for (const [location, words] of cases) {
    await withServer(() => redirectTo(location), async (http, url) => {
      await assertRejects(() => http.send({ url, subject: "x" }), SmolvmError, words);
    });
  }
});

Deno.test("RegistryHttp.send() tells what may pass, and how long to wait", async () => {
  const busy = () => new Response("busy", { status: 429, headers: { "retry-after": "7" } });
  await withServer(busy, async (http, url) => {
    const error = await assertRejects(() => http.send({ url, subject: "x" }), TransientError);
    assertEquals([error.retryAfter, error.failure.kind], [7000, "registry"]);
  });
  const date = new Date(Date.now() + 60_000).toUTCString();
  const dated = () => new Response("busy", { status: 503, headers: { "retry-after": date } });
  await withServer(dated, async (http, url) => {
    const { retryAfter = 0 } = await assertRejects(() => http.send({ url, subject: "x" }), TransientError);
    assertEquals(retryAfter > 50_000 && retryAfter <= 60_000, true, String(retryAfter));
  });
  await withServer(() => new Response("no", { status: 404 }), async (http, url) => {
    const answer = await http.send({ url, subject: "x" });
    assertEquals(answer.status, 404);
    await answer.body.cancel();
  });
});

Deno.test("RegistryHttp.send() loses patience with a server that is silent, before and after its headers", async () => {
  const stop = Promise.withResolvers<Response>();
  await withServer(() => stop.promise, async (http, url) => {
    await assertRejects(() => http.send({ url, subject: "x" }), TransientError, "no progress for 1 s");
    stop.resolve(new Response());
  });
  const drips = new AbortController();
  const dripping = () => {
    const timed = async function* () {
      while (!drips.signal.aborted) {
        yield new Uint8Array(1);
        await delay(20, { signal: drips.signal });
      }
    };
    return new Response(ReadableStream.from(timed()));
  };
  await withServer(dripping, async (http, url) => {
    const answer = await http.send({ url, subject: "x" });
    await assertRejects(() => readAll(answer, 10_000, "x"), TransientError, "no progress");
    drips.abort();
  });
});

Deno.test("readAll() stops at its limit", async () => {
  const endless = () =>
    new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(10_000)) }));
  await withServer(endless, async (http, url) => {
    const answer = await http.send({ url, subject: "x" });
    await assertRejects(() => readAll(answer, 50_000, "x"), SmolvmError, "longer than 50000 bytes");
  });
});
