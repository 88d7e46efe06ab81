/**
 * The binary alone: copied away from its project, with nothing but a HOME, it runs what it carries.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch } from "../harness/assert.ts";

const BINARY = fileURLToPath(new URL("../../dist/smolvm", import.meta.url));

/** A folder with a copy of the binary in one place and an empty HOME in another. */
async function withCopy(
  test: (smolvm: (...args: string[]) => Promise<string>, home: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir({ prefix: "smolvm-copy-" });
  try {
    await Deno.mkdir(`${folder}/bin`);
    await Deno.mkdir(`${folder}/home`);
    await Deno.copyFile(BINARY, `${folder}/bin/smolvm`);
    const env = {
      HOME: `${folder}/home`,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      XDG_RUNTIME_DIR: `${folder}/home/run`,
    };
    await test(async (...args) => {
      const { code, stdout, stderr } = await new Deno.Command(`${folder}/bin/smolvm`, {
        args,
        env,
        clearEnv: true,
        cwd: `${folder}/home`,
        signal: AbortSignal.timeout(120_000),
      }).output();
      const text = new TextDecoder();
      assertEquals(code, 0, text.decode(stderr));
      return text.decode(stdout);
    }, `${folder}/home`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The unpacked part of a name in the cache below a HOME. */
async function cachedPart(home: string, name: string): Promise<string> {
  const parts = `${home}/.cache/smolvm/parts`;
  for await (const { name: digest } of Deno.readDir(parts)) {
    const file = `${parts}/${digest}/${name}`;
    if (await Deno.stat(file).then(() => true, () => false)) return file;
  }
  throw new Error(`no ${name} below ${parts}`);
}

Deno.test("two first runs at once, from a binary copied alone, with an empty HOME; then with a damaged cache", () =>
  withCopy(async (smolvm, home) => {
    const packages = smolvm("microvm", "run", "alpine:latest", "apk", "info");
    const release = smolvm("microvm", "run", "alpine:latest", "cat", "/etc/os-release");
    assertMatch(await release, /^VERSION_ID=3\.23\.\d+$/m);
    assertEquals((await packages).trim().split("\n"), [
      "alpine-baselayout",
      "alpine-baselayout-data",
      "alpine-keys",
      "alpine-release",
      "apk-tools",
      "busybox",
      "busybox-binsh",
      "ca-certificates-bundle",
      "libapk",
      "libcrypto3",
      "libssl3",
      "musl",
      "musl-utils",
      "scanelf",
      "ssl_client",
      "zlib",
    ]);
    const root = await cachedPart(home, "root.erofs");
    await Deno.chmod(root, 0o600);
    await Deno.truncate(root, 4096);
    assertEquals(await smolvm("microvm", "run", "alpine:latest", "echo", "mended"), "mended\n");
  }));

Deno.test("version names every part, and needs no VM", () =>
  withCopy(async (smolvm) => {
    const text = await smolvm("version");
    for (const part of ["smolvm", "protocol", "kernel", "libkrun", "alpine"]) {
      assertMatch(text, new RegExp(`^${part} +\\d`, "m"));
    }
  }));
