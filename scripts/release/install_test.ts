/**
 * The installer against a server of this host, in shells that distributions have as sh.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../src/engine/programs.ts";
import { installedFiles } from "../../src/host/installed.ts";
import { formatSums } from "../../src/release/sums.ts";
import { targetName, thisTarget } from "../../src/target.ts";
import { assertEquals, assertMatch, assertTrue } from "../../tests/harness/assert.ts";
import { secretLine } from "../../tests/harness/signing_key.ts";
import { fillInstaller } from "./fill.ts";
import { parseSecretKey, publicLine, signFile } from "./sign_list.ts";

const template = await Deno.readTextFile(new URL("../install.sh", import.meta.url));
const program = new TextEncoder().encode('#!/bin/sh\necho "smolvm 1.2.3"\n');
const FOLDER = `smolvm-1.2.3-${targetName(thisTarget)}`;
const NAME = `${FOLDER}.tar.gz`;
/** What stands beside the program in an archive, and where it goes below the prefix. */
const BESIDE = {
  "man/smolvm.1": "share/man/man1/smolvm.1",
  "man/smolvm-microvm-run.1": "share/man/man1/smolvm-microvm-run.1",
  "completions/smolvm.bash": "share/bash-completion/completions/smolvm",
  "completions/_smolvm": "share/zsh/site-functions/_smolvm",
  "completions/smolvm.fish": "share/fish/vendor_completions.d/smolvm.fish",
};
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What a server has, a home, and how to run the installer. */
interface Place {
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  readonly home: string;
  install(
    options?: { args?: string[]; key?: string; path?: string; before?: string; shell?: string },
  ): Promise<[number, string]>;
}

/** An archive as a release has it, with this program. */
async function archive(content: Uint8Array = program): Promise<Uint8Array<ArrayBuffer>> {
  const place = await Deno.makeTempDir({ prefix: "smolvm-archive-" });
  try {
    for (const folder of ["man", "completions", "licences"]) {
      await Deno.mkdir(`${place}/${FOLDER}/${folder}`, { recursive: true });
    }
    await Deno.writeFile(`${place}/${FOLDER}/smolvm`, content);
    for (const name of Object.keys(BESIDE)) await Deno.writeTextFile(`${place}/${FOLDER}/${name}`, name);
    return (await new Deno.Command("tar", { args: ["-C", place, "-czf", "-", FOLDER] }).output()).stdout;
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

const packed = await archive();

async function withPlace(test: (place: Place) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "smolvm-install-" });
  const files = new Map([[NAME, packed]]);
  const list = new TextEncoder().encode(formatSums(new Map([[NAME, sha256(packed)]])));
  files.set("SHA256SUMS", list);
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const body = files.get(new URL(request.url).pathname.slice(1));
    return body ? new Response(body) : new Response(null, { status: 404 });
  });
  const { port } = server.addr;
  const install: Place["install"] = async (
    { args = [], key = "", path = "", before = "", shell = "sh" } = {},
  ) => {
    const release = { version: "1.2.3", address: `http://127.0.0.1:${port}`, key };
    await Deno.writeTextFile(`${home}/install.sh`, fillInstaller(template, release));
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", `${before}\nexec ${shell} ${home}/install.sh "$@"`, "sh", ...args],
      env: {
        HOME: home,
        XDG_DATA_HOME: "",
        SMOLVM_HOME: "",
        PATH: `${path}${Deno.env.get("PATH")}`,
        NO_PROXY: "127.0.0.1",
      },
    }).output();
    return [code, new TextDecoder().decode(stderr)];
  };
  try {
    await test({ files, home, install });
    assertEquals([...Deno.readDirSync(home)].filter(({ name }) => name.startsWith(".smolvm")), []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

const shells = [["sh", "sh"], ["busybox", "busybox sh"]].filter(([name = ""]) =>
  findProgram(name) !== undefined
);

for (const [, shell = ""] of shells) {
  Deno.test(`install.sh in ${shell} puts smolvm where it is asked to, replaces an older one, and says how to undo it`, () =>
    withPlace(async ({ home, install }) => {
      const [code, said] = await install({ shell });
      assertEquals(code, 0, said);
      const prefix = `${home}/.local`;
      for (const [name, place] of Object.entries(BESIDE)) {
        assertEquals(await Deno.readTextFile(`${prefix}/${place}`), name);
      }
      assertMatch(said, /man pages and completions are in \S+\/\.local\/share; zsh finds them with fpath=/);
      assertMatch(said, /this release is not signed: only its digest is checked/);
      assertMatch(said, /smolvm 1\.2\.3 is in \S+\/\.local\/bin\n/);
      assertMatch(said, /export PATH=/);
      assertMatch(said, /to undo: \S+\/\.local\/bin\/smolvm self uninstall; it asks first/);
      assertEquals(await Deno.readFile(`${home}/.local/bin/smolvm`), program);
      await Deno.writeTextFile(`${home}/.local/bin/smolvm`, "#!/bin/sh\necho smolvm 1.0.0\n");
      const [, again] = await install({ shell });
      assertMatch(again, /1\.2\.3 is in \S+, in place of smolvm 1\.0\.0/);
      assertEquals((await install({ shell, args: ["--to", `${home}/a b`] }))[0], 0);
      // What self uninstall removes: each once.
      const beside = Object.values(BESIDE).map((place) => `${prefix}/${place}`);
      const removable = installedFiles({ data: `${prefix}/share/smolvm` });
      assertEquals(removable.sort(), [`${prefix}/bin/smolvm`, ...beside, `${home}/a b/smolvm`].sort());
      assertTrue((await Deno.stat(`${home}/a b/smolvm`)).isFile);
      assertEquals([...Deno.readDirSync(`${home}/a b`)].map(({ name }) => name), ["smolvm"]);
    }));
}

Deno.test("install.sh installs nothing with a wrong digest, without room, or for what the release does not have", () =>
  withPlace(async ({ files, home, install }) => {
    files.set(NAME, await archive(new TextEncoder().encode("#!/bin/sh\necho evil\n")));
    const [code, said] = await install();
    assertEquals(code, 1);
    assertMatch(said, /has another digest than its list says: nothing is installed/);
    // Room for the archive, and none for what is in it; then none for the archive.
    const large = await archive(new Uint8Array(4 << 20));
    files.set(NAME, large);
    files.set("SHA256SUMS", new TextEncoder().encode(formatSums(new Map([[NAME, sha256(large)]]))));
    for (const [blocks, words] of [[1024, "cannot unpack"], [1, "cannot download"]] as const) {
      const [full, why] = await install({ before: `trap '' XFSZ; ulimit -f ${blocks}` });
      assertEquals(full, 1, why);
      assertMatch(why, new RegExp(`${words}.*; is there room in \\S+\\? it needs 250 MB for a moment\n`));
    }
    // An archive that is whole and does not run here.
    const broken = await archive(new TextEncoder().encode("#!/bin/sh\necho no loader; exit 1\n"));
    files.set(NAME, broken);
    files.set("SHA256SUMS", new TextEncoder().encode(formatSums(new Map([[NAME, sha256(broken)]]))));
    assertMatch((await install())[1], /smolvm 1\.2\.3 does not run here: no loader/);
    files.set("SHA256SUMS", new TextEncoder().encode(`${"0".repeat(64)}  smolvm-other\n`));
    assertMatch((await install())[1], new RegExp(`has no smolvm 1.2.3 for ${targetName(thisTarget)}`));
    files.delete("SHA256SUMS");
    assertMatch((await install())[1], /cannot download .*SHA256SUMS/);
    assertEquals([...Deno.readDirSync(`${home}/.local/bin`)], []);
  }));

Deno.test("install.sh checks the list's signature, by minisign or by openssl alone", () =>
  withPlace(async ({ files, home, install }) => {
    const [key, other] = [parseSecretKey(secretLine()), parseSecretKey(secretLine())];
    const list = files.get("SHA256SUMS") ?? new Uint8Array();
    // A folder in front of PATH in which minisign is not to be found by a name of its own.
    await Deno.mkdir(`${home}/without`);
    for (
      const tool of [
        "sh",
        "uname",
        "curl",
        "sed",
        "cut",
        "tail",
        "openssl",
        "mktemp",
        "mkdir",
        "rm",
        "mv",
        "chmod",
        "grep",
        "sha256sum",
        "ldd",
        "cat",
        "tar",
        "gzip",
        "tr",
      ]
    ) {
      const found = findProgram(tool);
      if (found) await Deno.symlink(found, `${home}/without/${tool}`);
    }
    const only = `PATH=${home}/without`;
    for (const before of [only, ...(findProgram("minisign") ? [""] : [])]) {
      files.set("SHA256SUMS.minisig", new TextEncoder().encode(signFile(list, key, "smolvm 1.2.3")));
      const [code, said] = await install({ key: publicLine(key), before });
      assertEquals([code, /not (signed|checked)/.test(said)], [0, false], said);
      const [wrong, why] = await install({ key: publicLine(other), before });
      assertEquals(wrong, 1);
      assertMatch(why, /is not signed by smolvm's key: nothing is installed/);
      files.set("SHA256SUMS.minisig", new TextEncoder().encode(signFile(new Uint8Array(1), key, "smolvm")));
      assertEquals((await install({ key: publicLine(key), before }))[0], 1);
      files.delete("SHA256SUMS.minisig");
      assertMatch((await install({ key: publicLine(key), before }))[1], /cannot download .*minisig/);
    }
  }));

Deno.test("install.sh puts the program alone where what is beside it cannot be written, and says so", () =>
  withPlace(async ({ home, install }) => {
    await Deno.mkdir(`${home}/opt/bin`, { recursive: true });
    await Deno.writeTextFile(`${home}/opt/share`, "a file in the way");
    const [code, said] = await install({ args: ["--to", `${home}/opt/bin`] });
    assertEquals(code, 0, said);
    assertMatch(said, /man pages and completions are not installed: cannot write to \S+\/opt\/share\n/);
    assertEquals(installedFiles({ data: `${home}/.local/share/smolvm` }), [`${home}/opt/bin/smolvm`]);
  }));

const alpine = fileURLToPath(new URL("../../.cache/build/x86_64-linux/alpine", import.meta.url));
const canChroot = Deno.uid() === 0 && thisTarget.processor === "x86_64" && isFolder(alpine);

Deno.test({
  name: "install.sh in an Alpine root says that smolvm needs glibc, and leaves nothing",
  ignore: !canChroot,
  fn: async () => {
    const root = await Deno.makeTempDir({ prefix: "smolvm-alpine-" });
    try {
      for (const part of ["bin", "lib", "usr", "etc"]) {
        await new Deno.Command("cp", { args: ["-a", `${alpine}/${part}`, root] }).output();
      }
      await Deno.mkdir(`${root}/home`);
      const text = fillInstaller(template, { version: "1.2.3", address: "http://127.0.0.1:9", key: "" });
      await Deno.writeTextFile(`${root}/install.sh`, text);
      const { code, stderr } = await new Deno.Command("chroot", {
        args: [root, "/bin/busybox", "sh", "/install.sh", "--to", "/home/bin"],
        env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" },
      }).output();
      const said = new TextDecoder().decode(stderr);
      assertEquals(code, 1, said);
      assertMatch(said, /^install: cannot install here: smolvm needs glibc, and this system has musl/);
      assertEquals([...Deno.readDirSync(`${root}/home`)], []);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

Deno.test("install.sh refuses other systems, other processors, musl and words that it does not know", () =>
  withPlace(async ({ home, install }) => {
    const fake = async (name: string, line: string): Promise<string> => {
      const folder = await Deno.makeTempDir({ dir: home });
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
      return `${folder}:`;
    };
    const said = async (path: string, args: string[] = []): Promise<string> =>
      (await install({ path, args }))[1];
    assertMatch(await said(await fake("uname", "echo FreeBSD")), /cannot install on FreeBSD/);
    assertMatch(
      await said(await fake("uname", '[ "$1" = -s ] && echo Linux || echo riscv64')),
      /cannot install on riscv64/,
    );
    assertMatch(
      await said(await fake("ldd", "echo musl libc; exit 1")),
      /needs glibc, and this system has musl/,
    );
    assertMatch(await said("", ["--purge"]), /cannot use --purge/);
    assertMatch(await said("", ["--to"]), /cannot install into ''|give a value/);
    assertMatch(await said("", ["--to", "here"]), /no absolute path/);
  }));
