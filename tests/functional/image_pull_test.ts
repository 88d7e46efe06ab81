/**
 * `smolvm image pull` of the built binary from a real registry: through a company's proxy, of images for
 * several platforms, and from mirrors.
 *
 * @module
 */
import { join } from "node:path";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { BINARY, Home } from "../harness/smolvm.ts";
import { Terminal } from "../harness/terminal.ts";
import { Proxy } from "../registry/proxy.ts";
import { Registry } from "../registry/registry.ts";
import { writeIndex, writeLayout } from "../registry/sample_image.ts";
import { makeSignedCertificate } from "../registry/token_server.ts";

/** A name that no name server knows: RFC 6761 keeps `.test` for tests. */
const HOST = "registry.test";
const OURS = Deno.build.arch === "aarch64" ? "arm64" : "amd64";

async function withFolder(body: (folder: string, home: Home) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-pull-" });
  try {
    await using home = new Home();
    await body(folder, home);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("image pull goes by the proxy of the environment, unless NO_PROXY names the host", async () => {
  await withFolder(async (folder, home) => {
    const image = await writeLayout(join(folder, "oci"), [{ "a": "1" }], { architecture: OURS });
    const tls = await makeSignedCertificate(folder, HOST);
    const storage = join(folder, "storage");
    {
      await using plain = await Registry.start({ storage });
      await plain.push(`oci:${image.folder}:latest`, "test/image:1");
    }
    await using registry = await Registry.start({ storage, tls });
    const port = Number(registry.host.split(":")[1]);
    await using proxy = new Proxy(port);
    const name = `${HOST}:${port}/test/image:1`;
    const env = { SSL_CERT_FILE: tls.authority };
    for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"]) {
      const pulled = await home.run(["image", "pull", name], { env: { ...env, [variable]: proxy.url } });
      assertEquals([pulled.code, pulled.stderr], [0, ""]);
      assertEquals(pulled.stdout, `${name} ${image.id.slice(7, 19)}\n`);
      assertTrue(proxy.seen.length > 0 && proxy.seen.every((target) => target === `${HOST}:${port}`));
      proxy.seen.length = 0;
      await home.run(["image", "rm", name]);
    }
    const direct = await home.run(["image", "pull", name], {
      env: { ...env, HTTPS_PROXY: proxy.url, NO_PROXY: HOST },
    });
    assertEquals([direct.code, direct.stdout, proxy.seen], [125, "", []]);
    assertMatch(direct.stderr, /there is no host of that name/);
    const local = await home.run(["image", "pull", `localhost:${port}/test/image:1`], {
      env: { ...env, HTTPS_PROXY: proxy.url },
    });
    assertEquals([local.code, local.stderr, proxy.seen], [0, "", []]);
  });
});

Deno.test("image pull takes this host's image of an index, and names the platforms when there is none", async () => {
  await withFolder(async (folder, home) => {
    await using registry = await Registry.start();
    const layouts = new Map<string, string>();
    const ids = new Map<string, string>();
    for (const architecture of ["amd64", "arm64", "s390x"]) {
      const { folder: layout, id } = await writeLayout(
        join(folder, architecture),
        [{ "etc/architecture": architecture }],
        { architecture },
      );
      layouts.set(architecture, layout);
      ids.set(architecture, id);
    }
    const push = async (name: string, architectures: string[]) => {
      const index = join(folder, `index-${architectures.length}`);
      await writeIndex(index, architectures.map((one) => [`linux/${one}`, layouts.get(one) ?? ""]));
      await registry.push(`oci:${index}:latest`, name);
    };
    await push("test/many:1", ["s390x", "arm64", "amd64"]);
    const foreign = ["s390x", OURS === "amd64" ? "arm64" : "amd64"];
    await push("test/foreign:1", foreign);

    const pulled = await home.run(["image", "pull", "--json", `${registry.host}/test/many:1`]);
    assertEquals([pulled.code, pulled.stderr], [0, ""]);
    assertEquals(JSON.parse(pulled.stdout).id, ids.get(OURS));

    const refused = await home.run(["image", "pull", `${registry.host}/test/foreign:1`]);
    assertEquals([refused.code, refused.stdout], [125, ""]);
    assertEquals(
      refused.stderr,
      `smolvm: cannot use the image ${registry.host}/test/foreign:1: ` +
        `it is for ${foreign.map((one) => `linux/${one}`).join(", ")}, and this host runs linux/${OURS}` +
        `${OURS === "arm64" ? "/v8" : ""}\n`,
    );
  });
});

Deno.test("image pull asks the mirrors of registries.conf, and says which place served", async () => {
  await withFolder(async (folder, home) => {
    const image = await writeLayout(join(folder, "oci"), [{ "a": "1" }], { architecture: OURS });
    await using registry = await Registry.start();
    await registry.push(`oci:${image.folder}:latest`, "hub/library/thing:1");
    const settings = join(folder, "registries.conf");
    const place = `${registry.host}/hub/library/thing:1`;
    await Deno.writeTextFile(
      settings,
      `[[registry]]\nprefix = "docker.io"\nblocked = true\n[[registry.mirror]]\nlocation = "${registry.host}/hub"\n`,
    );
    const env = { CONTAINERS_REGISTRIES_CONF: settings };
    const pull = (extra = {}) => home.run(["image", "pull", "thing:1"], { env: { ...env, ...extra } });
    const pulled = await pull();
    assertEquals([pulled.code, pulled.stderr], [0, ""]);
    assertEquals(pulled.stdout, `thing:1 ${image.id.slice(7, 19)}\n`);
    assertMatch((await pull({ SMOLVM_LOG: "debug" })).stderr, new RegExp(`place serves place="${place}"`));
    {
      await using terminal = await Terminal.open(`${BINARY} image pull thing:1; cat`, home.env(env));
      assertMatch(await terminal.until(image.id.slice(7, 19)), new RegExp(`thing:1 comes from ${place}`));
    }
    const blocked = await home.run(["image", "pull", "thing:2"], { env });
    assertEquals([blocked.code, blocked.stdout], [125, ""]);
    assertEquals(
      blocked.stderr,
      `smolvm: cannot pull thing:2: no place gives it: ${
        place.replace(":1", ":2")
      } (there is no such image ` +
        `(manifest unknown)), docker.io/library/thing:2 (it is blocked by ${settings}); ` +
        "change that file if it is yours to change\n",
    );
    await Deno.writeTextFile(settings, `# c\n[[registry]]\nlocation = "a.example"\ninsecure = "yes"\n`);
    assertEquals(
      (await pull()).stderr,
      `smolvm: cannot use the registries' settings in ${settings}: ` +
        "line 4: insecure: it is neither true nor false; correct the file\n",
    );
    // An image that is here needs no registry, and no settings.
    const shown = await home.run(["image", "inspect", "thing:1"], { env });
    assertEquals([shown.code, shown.stderr], [0, ""]);
  });
});
