/**
 * Images that are unlike any distribution's, in real VMs: what they lack, what they ask for, and what in them
 * lies.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { dockerArchive } from "../harness/docker_archive.ts";
import { type Ended, Home } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();

/** Owners of files need root. */
const root = Deno.uid() === 0;

const scratch = `${home.path}/images`;
Deno.mkdirSync(scratch);

/** Busybox of this host, static: one file is a whole image. */
const BUSYBOX = "/bin/busybox";

/** Loads an image of a folder with busybox in it. */
async function load(name: string, folder: string, fields: Record<string, unknown>): Promise<void> {
  const archive = `${scratch}/archive.tar`;
  await dockerArchive(folder, name, archive, { Cmd: null, ...fields });
  const { code, stderr } = await home.run(["image", "load", "-i", archive]);
  assertEquals([code, stderr], [0, ""]);
}

function folder(name: string): string {
  const path = `${scratch}/${name}`;
  Deno.mkdirSync(path);
  Deno.copyFileSync(BUSYBOX, `${path}/busybox`);
  return path;
}

function container(...args: string[]): Promise<Ended> {
  return home.run(["container", ...args]);
}

/** Makes a container of an image and starts it. */
async function start(name: string, image: string): Promise<Ended> {
  const created = await container("create", "--name", name, "default", image);
  assertEquals([created.code, created.stderr], [0, ""]);
  return await container("start", "default", name);
}

/** Runs a script in a container. */
async function inside(name: string, script: string, ...options: string[]): Promise<string> {
  const ended = await container("exec", ...options, "default", name, "/busybox", "sh", "-c", script);
  assertEquals([ended.code, ended.stderr], [0, ""], script);
  return ended.stdout;
}

const sleeper = { Entrypoint: ["/busybox"], Cmd: ["sleep", "1000"] };

Deno.test("one static file and nothing else is an image: entrypoint, command, folders made", async () => {
  const path = folder("bare");
  await load("bare:1", path, { ...sleeper, WorkingDir: "/made/for/it", Volumes: { "/data/none": {} } });
  const ran = await home.run(["vm", "run", "bare:1", "find", "/", "-xdev", "-maxdepth", "2"]);
  assertEquals([ran.code, ran.stderr], [0, ""]);
  const found = ran.stdout.trim().split("\n").sort();
  assertEquals(found, [
    "/",
    "/busybox",
    "/data",
    "/data/none",
    "/dev",
    "/etc",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/mtab",
    "/etc/resolv.conf",
    "/made",
    "/made/for",
    "/proc",
    "/sys",
  ]);
  assertEquals((await start("bare", "bare:1")).code, 0);
  const script =
    "pwd; /busybox id -u; echo $HOME $HOSTNAME; /busybox stat -c '%a %u:%g' /made/for/it /data/none; " +
    "/busybox cat /etc/mtab | /busybox grep -c '^proc /proc '";
  const id = (await inside("bare", "/busybox hostname")).trim();
  assertEquals(await inside("bare", script), `/made/for/it\n0\n/ ${id}\n755 0:0\n755 0:0\n1\n`);
  const shell = await container("exec", "default", "bare", "sh");
  assertEquals([shell.code, shell.stderr], [127, "smolvm: cannot run sh: not found in PATH\n"]);
});

Deno.test({
  name:
    "a root of odd owners keeps them: setuid, volumes over links, user by name, stop signal, dangling links",
  ignore: !root,
  fn: async () => {
    const path = folder("odd");
    for (const name of ["etc", "home/bob", "data/deep", "real/vol", "run"]) {
      Deno.mkdirSync(`${path}/${name}`, { recursive: true });
    }
    Deno.writeTextFileSync(`${path}/etc/passwd`, "root:x:0:0::/root:\nbob:x:123456:654321::/home/bob:\n");
    Deno.writeTextFileSync(`${path}/etc/group`, "bob:x:654321:\nextra:x:77:bob\n");
    Deno.writeTextFileSync(`${path}/data/deep/file`, "content\n");
    Deno.writeTextFileSync(`${path}/real/vol/other`, "behind a link\n");
    Deno.copyFileSync(BUSYBOX, `${path}/setuid`);
    const links = {
      "link": "/real",
      "etc/resolv.conf": "/run/systemd/resolve/stub-resolv.conf",
      "etc/hosts": "../../../nowhere/hosts",
      "etc/mtab": "gone",
    };
    for (const [name, target] of Object.entries(links)) Deno.symlinkSync(target, `${path}/${name}`);
    await shell(
      "chown -hR 123456:654321 .; chmod 4755 setuid; chmod 2750 data; chown 9:8 data/deep/file",
      path,
    );
    const trap = "trap 'echo asked; exit 9' USR1; echo $PWD $#; while :; do /busybox sleep 0.1; done";
    await load("odd:1", path, {
      Entrypoint: ["/busybox", "sh", "-c"],
      Cmd: [trap],
      User: "bob",
      StopSignal: "SIGUSR1",
      Volumes: { "/data": {}, "/link/vol": {} },
    });
    assertEquals((await start("odd", "odd:1")).code, 0);
    assertEquals(
      await inside("odd", "/busybox id; echo $HOME"),
      "uid=123456(bob) gid=654321(bob) groups=77(extra),654321(bob)\n/home/bob\n",
    );
    const owners = "cd /; /busybox stat -c '%n %a %u:%g' . setuid data data/deep/file real/vol home/bob";
    assertEquals((await inside("odd", owners)).trim().split("\n"), [
      ". 755 123456:654321",
      "setuid 4755 123456:654321",
      "data 2750 123456:654321",
      "data/deep/file 644 9:8",
      "real/vol 755 123456:654321",
      "home/bob 755 123456:654321",
    ]);
    const volumes =
      "/busybox cat /data/deep/file /real/vol/other; /busybox grep -cE ' /(data|real/vol) ext4 ' /proc/mounts";
    assertEquals(await inside("odd", volumes), "content\nbehind a link\n2\n");
    assertEquals(
      await inside("odd", "/busybox grep -c localhost /etc/hosts; /busybox readlink /etc/mtab"),
      "2\ngone\n",
    );
    // /dev/stdout is a pipe, which only its owner may open by name.
    assertEquals(await inside("odd", "echo by name > /dev/stdout"), "by name\n");
    assertEquals((await container("stop", "default", "odd")).code, 0);
    const shown: { name: string; exitCode: number }[] = JSON.parse(
      (await container("ls", "-a", "--json", "default")).stdout,
    );
    assertEquals(shown.find(({ name }) => name === "odd")?.exitCode, 9);
    const logs = await container("logs", "default", "odd");
    assertEquals([logs.stdout, logs.stderr], ["/ 0\nasked\n", ""]);
  },
});

Deno.test("an /etc that is a link stays inside; a volume at / is refused, and so is a /proc that is a link", async () => {
  const path = folder("linked");
  Deno.symlinkSync("../../../real/etc", `${path}/etc`);
  await load("linked:1", path, sleeper);
  assertEquals((await start("linked", "linked:1")).code, 0);
  assertEquals(await inside("linked", "/busybox ls /real/etc"), "hostname\nhosts\nmtab\nresolv.conf\n");
  await load("all:1", path, { ...sleeper, Volumes: { "/real/..": {} } });
  const refused = await start("all", "all:1");
  assertEquals([refused.code, refused.stderr], [
    125,
    "smolvm: cannot run /busybox: in the image, a volume is to be at /\n",
  ]);
  Deno.symlinkSync("/real", `${path}/proc`);
  await load("procs:1", path, sleeper);
  const lied = await start("procs", "procs:1");
  assertEquals([lied.code, lied.stderr], [
    125,
    "smolvm: cannot run /busybox: in the image, /proc is a link\n",
  ]);
});

/** What /etc/passwd may be instead of a file, and what is said to who asks for a user of it. */
const hostile: readonly (readonly [string, RegExp])[] = [
  ["mkdir passwd", /\/etc\/passwd is not a regular file/],
  ["mknod passwd c 1 5", /\/etc\/passwd is not a regular file/],
  ["ln -s passwd passwd", /open \/etc\/passwd: too many levels of symbolic links/],
  ["dd if=/dev/zero of=passwd bs=1M count=1 seek=1000", /\/etc\/passwd is larger than 1 MiB/],
  // Out of the root: there is nothing of that name inside.
  ["ln -s ../../../../../../etc/passwd2 passwd; touch /etc/passwd2", /no user "bob" in \/etc\/passwd/],
  ["ln -s /proc/1/root/etc/passwd passwd", /no user "bob" in \/etc\/passwd/],
  ["mkfifo passwd", /\/etc\/passwd is not a regular file/],
];

Deno.test("whatever /etc/passwd is, in a container that runs or starts, it is one line and 125", async () => {
  assertEquals((await start("liar", "bare:1")).code, 0);
  const id = (await inside("liar", "/busybox hostname")).trim();
  for (const [script, words] of hostile) {
    const made = `cd /run/smolvm/containers/${id}/root/etc && rm -rf passwd && (${script}) 2>/dev/null`;
    assertEquals((await home.run(["vm", "exec", "sh", "-c", made])).code, 0, script);
    assertLine(await container("exec", "--user", "bob", "default", "liar", "/busybox", "true"), words);
  }
  // A number needs no name, but the groups of its user are asked for all the same.
  await container("stop", "-t", "0", "default", "liar");
  assertLine(await container("start", "default", "liar"), /\/etc\/passwd is not a regular file/);
});

function assertLine(ended: Ended, words: RegExp): void {
  assertEquals([ended.code, ended.stdout, ended.stderr.split("\n").length], [125, "", 2], ended.stderr);
  assertTrue(ended.stderr.startsWith("smolvm: cannot run /busybox: "), ended.stderr);
  assertMatch(ended.stderr, words);
}

async function shell(script: string, cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-ec", script], cwd }).output();
  assertTrue(success, new TextDecoder().decode(stderr));
}
