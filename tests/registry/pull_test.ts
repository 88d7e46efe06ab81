import { parseImageName } from "../../src/image/model/image_name.ts";
import { join } from "node:path";
import { SmolvmError } from "../../src/error.ts";
import { assertEquals, assertMatch, assertRejects, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { slowness } from "../harness/slowness.ts";
import { type FixtureOptions, NAME, withFixture } from "./fixture.ts";
import { run } from "./registry.ts";
import { type LayerFiles, writeLayout } from "./sample_image.ts";
import { makeCertificate, makeSignedCertificate, TokenServer } from "./token_server.ts";

const basic = `Basic ${btoa("me:secret")}`;

const withPassword: FixtureOptions = {
  guard: async (folder) => {
    const htpasswd = join(folder, "htpasswd");
    await Deno.writeTextFile(htpasswd, await run("htpasswd", ["-Bbn", "me", "secret"]));
    return { htpasswd };
  },
};

Deno.test("pull() of a public image stores what skopeo sees, and leaves no download behind", async () => {
  await withFixture(async ({ store, registry, image, folder, paths }) => {
    using images = await store();
    const pulled = await images.pull(parseImageName(`${registry.host}/${NAME}`));
    assertEquals([pulled.id, pulled.manifestDigest], [image.id as never, image.manifestDigest as never]);
    const seen = JSON.parse(
      await run("skopeo", ["inspect", "--tls-verify=false", `docker://${registry.host}/${NAME}`]),
    );
    assertEquals([seen.Digest, seen.Layers], [pulled.manifestDigest, image.layers]);
    assertEquals(await images.resolve(parseImageName(pulled.id.slice(7, 19))), pulled);
    const blobs = [...Deno.readDirSync(join(paths.cache, "blobs", "sha256"))].map(({ name }) => name);
    assertEquals(blobs, ["locks"]);
    await run("fsck.erofs", [`--extract=${join(folder, "out")}`, pulled.disk]);
    assertEquals(Deno.readTextFileSync(join(folder, "out", "b", "c")), "2");
  });
});

Deno.test("pull() takes by digest what the tag names, and says what is not there", async () => {
  await withFixture(async ({ store, registry, image }) => {
    using images = await store();
    const byDigest = await images.pull(parseImageName(`${registry.host}/test/image@${image.manifestDigest}`));
    const byTag = await images.pull(parseImageName(`${registry.host}/${NAME}`));
    assertEquals([byTag.id, byTag.references.length], [byDigest.id, 2]);
    const error = await assertRejects(
      () => images.pull(parseImageName(`${registry.host}/test/image:none`)),
      SmolvmError,
      "no such image",
    );
    assertEquals([error.kind, error.exitCode], ["registry", 125]);
    await assertRejects(
      () => images.pull(parseImageName(`${registry.host}/test/image:none`), { policy: "never" }),
      SmolvmError,
      "pulling was ruled out",
    );
  });
});

Deno.test("pull() chooses this host's platform, and lists the others when it has none", async () => {
  await withFixture(async ({ store, registry, folder }) => {
    const wrong = { amd64: "arm64", arm64: "amd64" }[Deno.build.arch === "aarch64" ? "arm64" : "amd64"];
    const image = await writeLayout(join(folder, "other"), [{ a: "1" }], { architecture: wrong ?? "" });
    await registry.push(`oci:${image.folder}:latest`, "test/other:1");
    using images = await store();
    await assertRejects(
      () => images.pull(parseImageName(`${registry.host}/test/other:1`)),
      SmolvmError,
      `it is for linux/${wrong}`,
    );
    assertEquals(await images.list(), []);
  });
});

Deno.test("pull() proves who the user is with a password, from Docker's config.json", async () => {
  await withFixture(async ({ store, registry, dockerConfig }) => {
    using images = await store();
    const pull = () => images.pull(parseImageName(`${registry.host}/${NAME}`));
    await assertRejects(pull, SmolvmError, "log in with docker login");
    await dockerConfig({ auths: { [registry.host]: { auth: btoa("me:wrong") } } });
    await assertRejects(pull, SmolvmError, "access is denied to user me");
    await dockerConfig({ auths: { [registry.host]: { auth: btoa("me:secret") } } });
    assertEquals((await pull()).source, "registry");
  }, withPassword);
});

async function withTokenServer(
  options: { authorization: string; lifetime?: number },
  body: (server: TokenServer, fixture: Parameters<Parameters<typeof withFixture>[0]>[0]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const certificate = await makeCertificate(folder, "signer");
    await using server = new TokenServer(certificate, options);
    await withFixture((fixture) => body(server, fixture), {
      guard: () => ({
        token: { realm: server.realm, service: "service", issuer: "issuer", bundle: certificate.certificate },
      }),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("pull() trades credentials for a token, and one for everybody where none are needed", async () => {
  for (const authorization of ["", basic]) {
    await withTokenServer({ authorization }, async (server, { store, registry, dockerConfig }) => {
      using images = await store();
      if (authorization) {
        await assertRejects(
          () => images.pull(parseImageName(`${registry.host}/${NAME}`)),
          SmolvmError,
          "gives no token to the public",
        );
        await dockerConfig({ auths: { [registry.host]: { auth: btoa("me:secret") } } });
      }
      assertEquals((await images.pull(parseImageName(`${registry.host}/${NAME}`))).source, "registry");
      assertEquals(server.seen.at(-1), authorization);
    });
  }
});

Deno.test("pull() does not show credentials to a token server on another host, unless the user says so", async () => {
  await withTokenServer(
    { authorization: basic },
    async (server, { store, registry, dockerConfig, environment }) => {
      // The same registry by another name: its token server is now on a host the user never named.
      const host = registry.host.replace("127.0.0.1", "localhost");
      await dockerConfig({ auths: { [host]: { auth: btoa("me:secret") } } });
      using images = await store();
      const error = await assertRejects(
        () => images.pull(parseImageName(`${host}/${NAME}`)),
        SmolvmError,
        "is another host",
      );
      assertEquals(server.seen, []);
      assertEquals(error.remedy, `set SMOLVM_TOKEN_HOSTS=${host}=127.0.0.1 if you trust it`);
      environment.set("SMOLVM_TOKEN_HOSTS", `${host}=127.0.0.1`);
      assertEquals((await images.pull(parseImageName(`${host}/${NAME}`))).source, "registry");
    },
  );
});

Deno.test("pull() follows a redirect of a blob without its credentials", async () => {
  await withFixture(async ({ store, registry, dockerConfig, image }) => {
    const seen: (string | null)[] = [];
    // Where blobs are sent to: it has them all, and asks for nothing.
    await using storage = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      seen.push(request.headers.get("authorization"));
      const digest = new URL(request.url).pathname.slice(1);
      return new Response(await Deno.readFile(join(image.folder, "blobs", "sha256", digest.slice(7))));
    });
    await using front = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname } = new URL(request.url);
      const digest = /\/blobs\/(.*)$/.exec(pathname)?.[1];
      if (digest && request.headers.get("authorization") === basic) {
        return new Response(null, {
          status: 307,
          headers: { location: `http://localhost:${storage.addr.port}/${digest}` },
        });
      }
      const answer = await fetch(`http://${registry.host}${pathname}`, { headers: request.headers });
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    });
    const host = `127.0.0.1:${front.addr.port}`;
    await dockerConfig({ auths: { [host]: { auth: btoa("me:secret") } } });
    using images = await store();
    assertEquals((await images.pull(parseImageName(`${host}/${NAME}`))).id, image.id as never);
    assertEquals(seen, [null, null, null]);
  }, withPassword);
});

Deno.test("pull() trusts a company's certificate when SSL_CERT_DIR or SSL_CERT_FILE names it", async () => {
  await withFixture(async ({ store, registry, environment, folder }) => {
    {
      using images = await store();
      const error = await assertRejects(
        () => images.pull(parseImageName(`${registry.host}/${NAME}`)),
        SmolvmError,
        "certificate",
      );
      assertMatch(error.remedy ?? "", /SSL_CERT_FILE/);
    }
    // A folder of certificates as systems have them, with what is none beside them.
    const certificates = join(folder, "certificates");
    await Deno.mkdir(certificates);
    await Deno.copyFile(join(folder, "authority.crt"), join(certificates, "authority.pem"));
    await Deno.symlink("authority.pem", join(certificates, "0a1b2c3d.0"));
    await Deno.writeTextFile(join(certificates, "README"), "no certificate");
    await Deno.writeTextFile(
      join(certificates, "cut.pem"),
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    environment.set("SSL_CERT_DIR", `/nowhere:${certificates}`);
    {
      using images = await store();
      const pulled = await images.pull(parseImageName(`${registry.host}/${NAME}`));
      assertEquals(pulled.source, "registry");
      await images.remove(parseImageName(pulled.id));
    }
    environment.delete("SSL_CERT_DIR");
    environment.set("SSL_CERT_FILE", join(folder, "authority.crt"));
    using images = await store();
    assertEquals((await images.pull(parseImageName(`${registry.host}/${NAME}`))).source, "registry");
  }, { guard: async (folder) => ({ tls: await makeSignedCertificate(folder) }) });
});

Deno.test("pull() goes on where a broken download ended, and refuses what was tampered with", async () => {
  const noise = () => crypto.getRandomValues(new Uint8Array(60_000));
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`noise${at}`, noise()]));
  await withFixture(async ({ store, registry, image }) => {
    const ranges: (string | null)[] = [];
    let tamper = false;
    await using flaky = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname } = new URL(request.url);
      const answer = await fetch(`http://${registry.host}${pathname}`, { headers: request.headers });
      if (!pathname.endsWith(image.layers[0] ?? "")) return answer;
      const range = request.headers.get("range");
      ranges.push(range);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (tamper) bytes.fill(0, 1000, 1010);
      const cut = !tamper && ranges.length < 3;
      return new Response(cut ? breaking(bytes.subarray(0, 700_000)) : bytes, {
        status: answer.status,
        headers: answer.headers,
      });
    });
    using images = await store();
    const host = `127.0.0.1:${flaky.addr.port}`;
    const pulled = await images.pull(parseImageName(`${host}/${NAME}`));
    assertEquals([pulled.id, ranges.length], [image.id as never, 3]);
    assertTrue(ranges[0] === null && ranges[1]?.startsWith("bytes=") && ranges[2]?.startsWith("bytes="));
    await images.remove(parseImageName(pulled.id));
    tamper = true;
    await assertRejects(
      () => images.pull(parseImageName(`${host}/${NAME}`)),
      SmolvmError,
      "its content has the digest",
    );
    assertEquals(await images.list(), []);
  }, { layers: [files] });
});

/** A body that breaks off in the middle. */
function breaking(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes),
    async pull(controller) {
      await new Promise<void>((resolve) => setTimeout(resolve, 50));
      controller.error(new Error("cable cut"));
    },
  });
}

Deno.test("pull() asks again when the registry is busy", async () => {
  await withFixture(async ({ store, registry }) => {
    let asked = 0;
    await using busy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { pathname } = new URL(request.url);
      if (pathname.includes("/manifests/") && ++asked < 3) {
        return new Response("busy", { status: asked === 1 ? 429 : 503, headers: { "retry-after": "0" } });
      }
      return fetch(`http://${registry.host}${pathname}`, { headers: request.headers });
    });
    using images = await store();
    await images.pull(parseImageName(`127.0.0.1:${busy.addr.port}/${NAME}`));
    assertEquals(asked, 3);
  });
});

Deno.test("two pulls of one image at once do the work once", async () => {
  await withFixture(async ({ store, registry, image }) => {
    const fetched: string[] = [];
    await using counting = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname } = new URL(request.url);
      if (image.layers.some((digest) => pathname.endsWith(digest))) fetched.push(pathname);
      await new Promise<void>((resolve) => setTimeout(resolve, 50));
      return await fetch(`http://${registry.host}${pathname}`, { headers: request.headers });
    });
    using first = await store();
    using second = await store();
    const name = `127.0.0.1:${counting.addr.port}/${NAME}`;
    const [a, b] = await Promise.all([first.pull(parseImageName(name)), second.pull(parseImageName(name))]);
    assertEquals(a, b);
    assertEquals(fetched.length, 2);
  });
});

Deno.test("pull() takes Docker's media types as well as OCI's, and layers with gzip, zstd or neither", async () => {
  await withFixture(async ({ store, registry, folder, image }) => {
    const layers: LayerFiles[] = [{ "a": "1" }, { "b": "2" }, { "c": "3" }];
    const compression = ["+gzip", "+zstd", ""] as const;
    const mixed = await writeLayout(join(folder, "mixed"), layers, { compression });
    const copy = (options: string[], source: string, name: string) =>
      run("skopeo", [
        ...["copy", "--quiet", "--insecure-policy", "--dest-tls-verify=false", ...options],
        `oci:${source}:latest`,
        `docker://${registry.host}/${name}`,
      ]);
    await copy(["--format", "v2s2"], image.folder, "test/docker:1");
    await copy(["--preserve-digests"], mixed.folder, "test/mixed:1");
    const typesOf = async (name: string): Promise<string[]> => {
      const raw = await run("skopeo", [
        "inspect",
        "--raw",
        "--tls-verify=false",
        `docker://${registry.host}/${name}`,
      ]);
      return JSON.parse(raw).layers.map(({ mediaType }: { mediaType: string }) => mediaType);
    };
    const docker = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    assertEquals(await typesOf("test/docker:1"), [docker, docker]);
    const oci = "application/vnd.oci.image.layer.v1.tar";
    assertEquals(await typesOf("test/mixed:1"), [`${oci}+gzip`, `${oci}+zstd`, oci]);
    using images = await store();
    const content = async (name: string) =>
      await Deno.readFile((await images.pull(parseImageName(`${registry.host}/${name}`))).disk);
    // Docker's form has another configuration; the files are the same.
    assertEquals(await content("test/docker:1"), await content(NAME));
    const pulled = await images.pull(parseImageName(`${registry.host}/test/mixed:1`));
    assertEquals(pulled.id, mixed.id as never);
    await run("fsck.erofs", [`--extract=${join(folder, "out")}`, pulled.disk]);
    const found = ["a", "b", "c"].map((file) => Deno.readTextFileSync(join(folder, "out", file)));
    assertEquals(found, ["1", "2", "3"]);
  });
});

Deno.test("pull() downloads layers side by side", async () => {
  const layers: LayerFiles[] = [{ "a": "1" }, { "b": "2" }, { "c": "3" }];
  await withFixture(async ({ store, registry, image }) => {
    const together = Promise.withResolvers<void>();
    let waiting = 0;
    // Answers no layer before all three have been asked for.
    await using front = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname } = new URL(request.url);
      if (image.layers.some((digest) => pathname.endsWith(digest))) {
        if (++waiting === layers.length) together.resolve();
        await together.promise;
      }
      return await fetch(`http://${registry.host}${pathname}`, { headers: request.headers });
    });
    using images = await store();
    const signal = AbortSignal.timeout(30_000 * slowness);
    const pulled = await images.pull(parseImageName(`127.0.0.1:${front.addr.port}/${NAME}`), { signal });
    assertEquals([pulled.id, waiting], [image.id as never, layers.length]);
    together.resolve();
  }, { layers });
});
