/**
 * Shared folders as a user meets them: the built binary, real VMs, the bundled Alpine, as root and as an ordinary user.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { OrdinaryUser, USER } from "../harness/ordinary_user.ts";
import { eventually, Home, processesWith } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();

/** A folder of the host with some files. */
function made(name: string, files: Readonly<Record<string, string>>): string {
  const folder = `${home.path}/${name}`;
  Deno.mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) Deno.writeTextFileSync(`${folder}/${file}`, text);
  return folder;
}

/** What a command prints that must succeed. */
async function ok(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run([...words]);
  assertEquals(code, 0, stderr);
  return stdout;
}

const read = (path: string): string => Deno.readTextFileSync(path);

/** What programs expect of a folder, as lines of a shell that runs in it; each says what it found. */
const WORK = `
  cat given; echo new > made; echo end >> given
  (umask 222; echo readonly > locked); stat -c '%a' locked; cat locked
  exec 3<>given; rm given; echo late >&3; stat -L -c 'links %h' /proc/self/fd/3; exec 3>&-
  exec 4<made; mv made renamed; cat <&4; echo other > second; mv second renamed; cat renamed
  ln renamed hard; stat -c 'hard %h' hard; ln -s /etc/passwd link; readlink link
  mkfifo fifo; mkdir -p deep/er; rmdir deep/er; echo x > deep/x; rm -r deep; chmod 755 hard; stat -c '%a' hard
  chmod 4755 hard 2>/dev/null || echo no setuid
  mknod device b 8 0 2>/dev/null || echo no device
  dd if=/dev/zero of=big bs=1M count=8 2>/dev/null; truncate -s 5 big; stat -c '%s' big
  touch -d '2001-02-03 04:05:06' renamed; stat -c '%Y' renamed
  flock -n renamed sh -c 'flock -n renamed true || echo locked once'
  : > "$(printf 'n%.0s' $(seq 255))"; ls | grep -c nnn
`;

const WORKED = `given
444
readonly
links 0
new
other
hard 2
/etc/passwd
755
no setuid
no device
5
981173106
locked once
1
`;

Deno.test("a folder is shared: read, written, renamed, linked, locked, and what is made is the host's user's", async () => {
  const folder = made("work", { given: "given\n" });
  const read_only = made("kept", { file: "kept\n" });
  const script = `cd /work; ${WORK}
    for act in 'echo x > /kept/file' 'rm /kept/file' 'touch /kept/new' 'chmod 600 /kept/file' 'mv /kept/file /kept/b'; do
      sh -c "$act" 2> /dev/null && echo "done: $act"; done; cat /kept/file; exec chown 12:34 renamed`;
  const args = [
    "vm",
    "run",
    "-v",
    `${folder}:/work`,
    "-v",
    `${read_only}:/kept:ro`,
    "alpine",
    "sh",
    "-c",
    script,
  ];
  const { code, stdout, stderr } = await home.run(args);
  assertEquals([code, stdout, stderr], [0, `${WORKED}kept\n`, ""]);
  assertEquals([read(`${folder}/renamed`), read(`${read_only}/file`)], ["other\n", "kept\n"]);
  const { uid, gid, mode, mtime } = Deno.statSync(`${folder}/renamed`);
  assertEquals([uid, gid, (mode ?? 0) & 0o7777, mtime?.getUTCFullYear()], [12, 34, 0o755, 2001]);
  assertTrue(await eventually(() => processesWith(folder).length === 0, 5_000));
});

Deno.test("an ordinary user's files are root's inside, and what anyone inside makes or chowns is the user's", async () => {
  if (Deno.uid() !== 0) return;
  const folder = made("user", { mine: "mine\n", roots: "root's\n" });
  const user = new OrdinaryUser(home);
  user.own(folder, `${folder}/mine`);
  const script = `cd /work; stat -c '%u:%g %n' . mine; echo a > made; chown 5:6 made; stat -c '%u:%g' made
    chown 70000 made && echo fine; chmod 777 .; su -s /bin/sh daemon -c 'echo b > daemons && cat daemons'
    echo x >> roots 2>/dev/null || echo no rights; cat roots; if [ -e /one/file ]; then cat /one/file; fi`;
  // A file needs a namespace of the user's, which a kernel gives nobody in a chroot, and some distributions nobody.
  const files = await user.hasNamespaces()
    ? ["-v", `${user.path}/smolvm:/one/file2:ro`, "-v", `${folder}/mine:/one/file:ro`]
    : [];
  const share = ["-v", `${folder}:/work`, ...files];
  const { code, stdout } = await user.run(["vm", "run", ...share, "alpine", "sh", "-c", script]);
  assertEquals([code, stdout], [
    0,
    `0:0 .\n0:0 mine\n0:0\nfine\nb\nno rights\nroot's\n${files.length > 0 ? "mine\n" : ""}`,
  ]);
  for (const name of ["made", "daemons"]) {
    const { uid, gid } = Deno.statSync(`${folder}/${name}`);
    assertEquals([name, uid, gid], [name, USER.uid, USER.gid]);
  }
});

Deno.test("a machine has its shares in its own root and its command's: many, nested in any order, and files", async () => {
  const folder = made("machine", { file: "file\n" });
  Deno.mkdirSync(`${folder}/inner`);
  Deno.mkdirSync(`${folder}/secret`);
  Deno.writeTextFileSync(`${folder}/secret/word`, "secret\n");
  Deno.symlinkSync("/", `${folder}/up`);
  const more = Array.from({ length: 10 }, (_, index) => made(`m${index}`, { n: `${index}\n` }));
  const mounts = more.flatMap((path, index) => ["--mount", `type=bind,src=${path},dst=/many/${index}`]);
  const nested = [
    "-v",
    `${folder}/inner:/srv/a/inner`,
    "-v",
    `${folder}:/srv/a:ro`,
    "-v",
    `${folder}/file:/etc/one:ro`,
  ];
  const command = ["alpine", "sh", "-c", "cat /srv/a/file /etc/one /many/9/n; exec sleep 1000"];
  await ok(["vm", "create", "--name", "m", ...nested, ...mounts, ...command]);
  await ok(["vm", "start", "-d", "m"]);
  try {
    const script = `cat /srv/a/file /etc/one /many/*/n | tr '\\n' ' '; echo; echo x > /srv/a/inner/made
      echo x 2>/dev/null > /srv/a/file || echo refused; ls /srv/a/up/ | grep -c storage; cat /many/0/../../nothing 2>&1`;
    const { stdout } = await home.run(["vm", "exec", "--name", "m", "sh", "-c", script]);
    assertMatch(stdout, /^file file 0 1 2 3 4 5 6 7 8 9 \nrefused\n1\ncat: can't open/);
    assertEquals([read(`${folder}/inner/made`), read(`${folder}/file`)], ["x\n", "file\n"]);
    assertEquals(await ok(["vm", "logs", "m"]), "file\nfile\n9\n");
    assertMatch(await ok(["vm", "status", "m"]), new RegExp(`${folder} -> /srv/a \\(ro\\)`));
    Deno.renameSync(more[3] ?? "", `${home.path}/gone`);
    const restarted = await home.run(["vm", "restart", "m"]);
    assertEquals(restarted.code, 125);
    assertTrue(restarted.stderr.includes(`cannot share ${more[3]}: there is no such file or folder`));
  } finally {
    await ok(["vm", "delete", "-f", "m"]);
  }
});

Deno.test("a share that cannot be is refused by its name, before a VM starts", async () => {
  const folder = made("refused", {});
  const refused: [string[], string][] = [
    [
      ["-v", `${folder}/missing:/x`],
      `cannot share ${folder}/missing: there is no such file or folder on this host`,
    ],
    [["-v", `${folder}:x`], 'its place inside, "x", is not absolute'],
    [["-v", `${folder}:/proc`], "nothing can be shared over /proc"],
    [["-v", `${folder}:/x`, "--mount", `type=bind,src=${folder},dst=/x/`], "is to be at /x as well"],
  ];
  for (const [words, text] of refused) {
    for (const verb of [["run"], ["create", "--name", "never"]]) {
      const { code, stderr } = await home.run(["vm", ...verb, ...words, "alpine", "true"]);
      assertEquals([code, stderr.includes(text), stderr.trim().includes("\n")], [125, true, false], stderr);
    }
  }
});
