import { assertEquals, assertMatch, assertRejects } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { digestOf } from "./model/digest.ts";
import { formatReference, parseReference } from "./model/reference.ts";
import { openPlace, type PlaceOptions } from "./open_place.ts";

const bytes = new TextEncoder().encode("{}");
const digest = digestOf(bytes);
const has = () => new Response(bytes);
const lacks = () => new Response("", { status: 404 });
const busy = () => new Response("", { status: 503, headers: { "retry-after": "0" } });
const lies = () => new Response("[]");

/** A registry of a test's own. */
interface Server extends AsyncDisposable {
  readonly host: string;
  /** Paths of the manifests it was asked for. */
  readonly asked: string[];
  /** `Authorization` headers that came. */
  readonly secrets: string[];
}

function serve(answer: (request: Request) => Response | Promise<Response>, hostname = "127.0.0.1"): Server {
  const asked: string[] = [];
  const secrets: string[] = [];
  const server = Deno.serve({ hostname, port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    secrets.push(...request.headers.get("authorization") ?? []);
    if (pathname === "/v2/") return new Response("");
    asked.push(pathname);
    return answer(request);
  });
  const host = `${hostname}:${server.addr.port}`;
  return { host, asked, secrets, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** A host where nobody listens. */
function nobody(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `127.0.0.1:${listener.addr.port}`;
}

/** Opens a name's place under settings. @returns the place that serves where that is not the name itself */
async function open(
  name: string,
  toml: string,
  options: Partial<PlaceOptions> = {},
): Promise<string | undefined> {
  const file = await Deno.makeTempFile({ suffix: ".conf" });
  try {
    await Deno.writeTextFile(file, toml);
    let place: string | undefined;
    using open = await openPlace(parseReference(name), {
      environment: (variable) => variable === "CONTAINERS_REGISTRIES_CONF" ? file : undefined,
      onPlace: (name) => place = name,
      ...options,
    });
    assertEquals(open.manifest.bytes, bytes);
    return place;
  } finally {
    await Deno.remove(file);
  }
}

/** Settings of a registry with mirrors. */
function mirrored(registry: string, ...mirrors: string[]): string {
  const each = mirrors.map((location) => `[[registry.mirror]]\nlocation = "${location}"\n`);
  return `[[registry]]\nlocation = "${registry}"\n${each.join("")}`;
}

Deno.test("openPlace() asks the registry itself where there are no settings, and tells of no other place", async () => {
  await using registry = serve(has);
  assertEquals(await open(`${registry.host}/a/b:1`, ""), undefined);
  assertEquals(registry.asked, ["/v2/a/b/manifests/1"]);
});

Deno.test("openPlace() takes the first mirror that has the image, and asks nobody behind it", async () => {
  await using lacking = serve(lacks);
  await using serving = serve(has);
  await using registry = serve(has);
  const mirrors = [nobody(), lacking.host, `${serving.host}/hub`, `${registry.host}/never`];
  const place = await open(`${registry.host}/a/b:1`, mirrored(registry.host, ...mirrors));
  assertEquals(place, `${serving.host}/hub/a/b:1`);
  assertEquals([lacking.asked, serving.asked, registry.asked], [
    ["/v2/a/b/manifests/1"],
    ["/v2/hub/a/b/manifests/1"],
    [],
  ]);
});

Deno.test("openPlace() waits for no mirror that is busy, and goes back to the registry in the end", async () => {
  await using mirror = serve(busy);
  let calls = 0;
  await using registry = serve(() => ++calls < 2 ? busy() : has());
  assertEquals(await open(`${registry.host}/a/b:1`, mirrored(registry.host, mirror.host)), undefined);
  assertEquals([mirror.asked.length, registry.asked.length], [1, 2]);
});

Deno.test("openPlace() believes no mirror that has other bytes under a digest", async () => {
  await using mirror = serve(lies);
  await using announcing = serve(() => new Response("[]", { headers: { "docker-content-digest": digest } }));
  await using registry = serve(has);
  const settings = mirrored(registry.host, mirror.host, announcing.host);
  assertEquals(await open(`${registry.host}/a/b@${digest}`, settings), undefined);
  assertEquals([mirror.asked.length, announcing.asked.length, registry.asked.length], [1, 1, 1]);
});

Deno.test("openPlace() says of each place, in its order, why it serves nothing", async () => {
  await using lacking = serve(lacks);
  await using lying = serve(lies);
  await using registry = serve(() => new Response("", { status: 403 }));
  const down = nobody();
  const name = `${registry.host}/a/b@${digest}`;
  const settings = mirrored(registry.host, down, `${lacking.host}/x`, lying.host);
  const { kind, subject, reason, remedy } = await assertRejects(() => open(name, settings), SmolvmError);
  assertEquals([kind, subject], ["registry", name]);
  assertEquals(
    reason,
    `no place gives it: ${down}/a/b@${digest} (the connection was refused), ` +
      `${lacking.host}/x/a/b@${digest} (there is no such image), ` +
      `${lying.host}/a/b@${digest} (the manifest: its digest is ${
        digestOf(new TextEncoder().encode("[]"))
      }, not ${digest}), ` +
      `${registry.host}/a/b@${digest} (access is denied, or there is no such image)`,
  );
  assertEquals(remedy, `check the name, or log in with docker login ${registry.host}`);
});

Deno.test("openPlace() keeps the error of the only place as it is, in the name that the user gave", async () => {
  await using registry = serve(lacks);
  const settings = `[[registry]]\nprefix = "r.example"\nlocation = "${registry.host}/x"`;
  const { subject, reason } = await assertRejects(() => open("r.example/a:1", settings), SmolvmError);
  assertEquals([subject, reason], ["r.example/a:1", `${registry.host}: there is no such image`]);
});

Deno.test("openPlace() asks a blocked registry for nothing, and says which file blocks it", async () => {
  await using registry = serve(has);
  await using mirror = serve(has);
  const settings = mirrored(registry.host).replace("\n", "\nblocked = true\n");
  const { reason, kind } = await assertRejects(() => open(`${registry.host}/a/b:1`, settings), SmolvmError);
  assertMatch(reason, new RegExp(`^${registry.host}: it is blocked by /\\S+\\.conf$`));
  assertEquals([kind, registry.asked], ["registry", []]);
  const only = mirrored(registry.host, mirror.host).replace("\n", "\nblocked = true\n");
  assertEquals(await open(`${registry.host}/a/b:1`, only), `${mirror.host}/a/b:1`);
  assertEquals(registry.asked, []);
  const neither = mirrored(registry.host, nobody()).replace("\n", "\nblocked = true\n");
  await assertRejects(() => open(`${registry.host}/a/b:1`, neither), SmolvmError, "it is blocked by");
});

Deno.test("openPlace() speaks plain http where the settings of that place, or the user of the registry, allow it", async () => {
  await using plain = serve(has, "127.0.0.2");
  const registry = (more: string) =>
    `[[registry]]\nprefix = "r.example"\nlocation = "${plain.host}"\n${more}`;
  await assertRejects(() => open("r.example/a:1", registry("")), SmolvmError, "it speaks plain http");
  assertEquals(await open("r.example/a:1", registry("insecure = true")), `${plain.host}/a:1`);
  assertEquals(await open("r.example/a:1", registry(""), { insecure: true }), `${plain.host}/a:1`);
  const mirror = (more: string) => `${mirrored(nobody(), plain.host)}${more}`;
  const name = (settings: string) => `${/"(.*)"/.exec(settings)?.[1]}/a:1`;
  for (
    const [more, options, serves] of [["", { insecure: true }, false], ["insecure = true", {}, true]] as const
  ) {
    const settings = mirror(more);
    if (serves) assertEquals(await open(name(settings), settings, options), `${plain.host}/a:1`);
    else {await assertRejects(
        () => open(name(settings), settings, options),
        SmolvmError,
        "it speaks plain http",
      );}
  }
});

Deno.test("openPlace() ends with its signal, and asks nobody after that", async () => {
  const stop = new AbortController();
  const waiting = Promise.withResolvers<Response>();
  await using mirror = serve(() => (stop.abort(new Error("enough")), waiting.promise));
  await using registry = serve(has);
  const settings = mirrored(registry.host, mirror.host);
  await assertRejects(
    () => open(`${registry.host}/a/b:1`, settings, { signal: stop.signal }),
    Error,
    "enough",
  );
  waiting.resolve(new Response(""));
  assertEquals(registry.asked, []);
});

Deno.test("openPlace() shows each place the credentials of its own host, and warns once of a file of none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const refuse = () => new Response("", { status: 401, headers: { "www-authenticate": "Basic realm=x" } });
    await using mirror = serve(refuse);
    await using registry = serve((request) => request.headers.has("authorization") ? has() : refuse());
    const settings = `${folder}/registries.conf`;
    await Deno.writeTextFile(settings, mirrored(registry.host, mirror.host));
    const variables = { CONTAINERS_REGISTRIES_CONF: settings, DOCKER_CONFIG: folder } as Record<
      string,
      string
    >;
    const told: string[] = [];
    const options = {
      environment: (name: string) => variables[name],
      warn: (text: string) => void told.push(text),
    };
    const reference = parseReference(`${registry.host}/a/b:1`);
    await Deno.writeTextFile(
      `${folder}/config.json`,
      JSON.stringify({ auths: { [registry.host]: { auth: btoa("u:p") } } }),
    );
    using _open = await openPlace(reference, options);
    assertEquals([mirror.secrets.join(""), registry.secrets.join(""), told], [
      "",
      `Basic ${btoa("u:p")}`,
      [],
    ]);
    await Deno.writeTextFile(`${folder}/config.json`, "{");
    await assertRejects(() => openPlace(reference, options), SmolvmError, formatReference(reference));
    assertEquals(told.length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
