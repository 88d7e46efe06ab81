import { join } from "node:path";
import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { findCredentials as findFor } from "./credentials.ts";

/** Looks in Docker's own file alone, unless the environment has another. */
const find = (registry: string, { environment }: { environment: (name: string) => string | undefined }) =>
  findFor({ registry, repository: "a/b" }, {
    environment: (name) => environment(name) ?? (name === "REGISTRY_AUTH_FILE" ? "/dev/null" : undefined),
  });
const findCredentials = async (...given: Parameters<typeof find>) => (await find(...given)).credentials;

/** A config.json, and a helper of that name first in PATH. */
async function withConfig(
  config: unknown,
  helper: string | undefined,
  body: (environment: (name: string) => string | undefined, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = Deno.env.get("PATH") ?? "";
  try {
    await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
    if (helper) {
      const file = join(folder, "docker-credential-test");
      await Deno.writeTextFile(file, `#!/bin/sh\n${helper}\n`);
      await Deno.chmod(file, 0o755);
      Deno.env.set("PATH", `${folder}:${path}`);
    }
    await body((name) => name === "DOCKER_CONFIG" ? folder : undefined, folder);
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
}

const asked = { credsStore: "test", auths: { "r.example": { auth: btoa("file:secret") } } };

Deno.test("findCredentials() answers nothing where there is no file", async () => {
  assertEquals(await findCredentials("r", { environment: () => undefined }), undefined);
  assertEquals(await findCredentials("r", { environment: () => "/nowhere" }), undefined);
});

Deno.test("findCredentials() asks the helper for the registry by name", async () => {
  const helper =
    `read -r server; [ "$1" = get ] && echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"$server\\"}"`;
  await withConfig({ credsStore: "test" }, helper, async (environment) => {
    assertEquals(await findCredentials("docker.io", { environment }), {
      type: "password",
      username: "u",
      password: "https://index.docker.io/v1/",
    });
  });
});

Deno.test("findCredentials() takes <token> for an identity token, and the file when the helper has none", async () => {
  await withConfig(asked, `echo '{"Username":"<token>","Secret":"t"}'`, async (environment) => {
    assertEquals(await findCredentials("r.example", { environment }), { type: "identity-token", token: "t" });
  });
  await withConfig(asked, `echo "credentials not found in native keychain"; exit 1`, async (environment) => {
    assertEquals(await findCredentials("r.example", { environment }), {
      type: "password",
      username: "file",
      password: "secret",
    });
  });
});

Deno.test("findCredentials() tells of a helper that is of no use, and has what the file holds all the same", async () => {
  const password = { type: "password", username: "file", password: "secret" } as const;
  const broken: [string | undefined, RegExp][] = [
    [undefined, /not installed/],
    ["exit 0", /not JSON/],
    ["echo '<html>'", /not JSON/],
    ["echo locked; exit 1", /code 1: locked/],
  ];
  for (const [helper, words] of broken) {
    await withConfig(asked, helper, async (environment) => {
      const { credentials, trouble } = await find("r.example", { environment });
      assertEquals(credentials, password);
      assertMatch(trouble?.reason ?? "", words);
    });
  }
});

Deno.test("findCredentials() tells of a file that is cut off or a folder, and takes an empty one for none", async () => {
  await withConfig({}, undefined, async (environment, folder) => {
    const path = join(folder, "config.json");
    await Deno.writeTextFile(path, "");
    assertEquals(await find("r.example", { environment }), {});
    await Deno.writeTextFile(path, '{"auths":{');
    assertEquals((await find("r.example", { environment })).trouble?.reason, "it is not JSON");
    await Deno.remove(path);
    await Deno.mkdir(path);
    assertEquals((await find("r.example", { environment })).trouble?.reason, "it is not a file");
    const within = (name: string) => name === "DOCKER_CONFIG" ? path : undefined;
    assertEquals(await find("r.example", { environment: within }), {});
  });
});

Deno.test("findCredentials() goes from one file to the next until one has some, and keeps what was wrong", async () => {
  const entry = (name: string) => JSON.stringify({ auths: { "r.example/a": { auth: btoa(`${name}:p`) } } });
  const docker = { auths: { "other.example": { auth: btoa("other:p") } } };
  await withConfig(docker, undefined, async (_, folder) => {
    const variables: Record<string, string> = { DOCKER_CONFIG: folder, XDG_RUNTIME_DIR: folder };
    const look = async () => {
      const place = { registry: "r.example", repository: "a/b" };
      const { credentials, trouble } = await findFor(place, { environment: (name) => variables[name] });
      return [credentials?.type === "password" ? credentials.username : undefined, trouble?.reason];
    };
    assertEquals(await look(), [undefined, undefined]);
    await Deno.mkdir(join(folder, "containers"));
    await Deno.writeTextFile(join(folder, "containers", "auth.json"), entry("podman"));
    assertEquals(await look(), ["podman", undefined]);
    await Deno.writeTextFile(join(folder, "config.json"), "{");
    assertEquals(await look(), ["podman", "it is not JSON"]);
    await Deno.writeTextFile(join(folder, "chosen.json"), entry("chosen"));
    variables.REGISTRY_AUTH_FILE = join(folder, "chosen.json");
    assertEquals(await look(), ["chosen", undefined]);
  });
});
