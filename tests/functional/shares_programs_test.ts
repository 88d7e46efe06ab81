/**
 * What programs may do in a shared folder, and what nobody may from inside: the system calls of tests/functional/shares, git
 * and SQLite of this host in an image of their own, more files than there are descriptors, and a guest that wants out.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { compileC } from "../harness/compile_c.ts";
import { hostPrograms } from "../harness/host_programs.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { OrdinaryUser, USER } from "../harness/ordinary_user.ts";
import type { Ended } from "../harness/smolvm.ts";

const home = new MachineHome();
home.removeAtUnload();

/** Owners, and the ordinary user's turn, need root. */
const root = Deno.uid() === 0;

/** How long the guest tries to get out, in seconds; tests/performance/soak.ts gives it a minute. */
const ESCAPE_SECONDS = Number(Deno.env.get("SMOLVM_TEST_ESCAPE_SECONDS") ?? "6");

/** Files at once in one folder, and the descriptors that all of smolvm may have meanwhile. */
const MANY = Number(Deno.env.get("SMOLVM_TEST_MANY_FILES") ?? "2000");
const DESCRIPTORS = 1_024;

const programs = `${home.path}/programs`;
const image = `${home.path}/image`;
Deno.mkdirSync(programs);
for (const name of ["calls", "escape", "many"]) {
  const source = new URL(`shares/${name}.c`, import.meta.url).pathname;
  await compileC(source, `${programs}/${name}`, ["-static", "-O1"]);
}
await hostPrograms(image, ["sh", "git", "sqlite3", "cat", "rm"]);
for (const path of [home.path, programs]) Deno.chmodSync(path, 0o755);

/** Runs a script of this host, which must succeed. */
async function here(script: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("bash", { args: ["-ec", script] }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""], script);
  return new TextDecoder().decode(stdout);
}

/** A folder with a repository of git's in it. */
async function folderWithRepository(name: string): Promise<string> {
  const folder = `${home.path}/${name}`;
  await here(`mkdir -p ${folder}/repo; cd ${folder}/repo; git init -q; echo one > file; git add file
    git -c user.name=a -c user.email=a@b commit -qm outside`);
  return folder;
}

/** Two programs write into one database at once: its index of the log is a shared mapping (sqlite.org/wal.html). */
const SQLITE = `sqlite3 /work/db 'pragma journal_mode=wal; create table t(who, n)'
  for who in 1 2; do
    { echo .timeout 60000; n=0; while [ $n -lt 100 ]; do n=$((n + 1)); echo "insert into t values($who, $n);"; done; } > /tmp/$who
    sqlite3 /work/db < /tmp/$who & pids="$pids $!"
  done
  for pid in $pids; do wait $pid || echo a writer failed; done
  sqlite3 /work/db 'select count(*), count(distinct who) from t; pragma integrity_check'`;

const SCRIPT = `/programs/calls /work
  cd /work/repo; echo two >> file; git status --short; git -c user.name=a -c user.email=a@b commit -qam inside; git log --oneline | grep -c .
  ${SQLITE}`.replace("| grep -c .", "> /tmp/log; while read -r line; do echo commit; done < /tmp/log");

/** What a run of the script printed: what a system call did otherwise than everywhere, and the programs' lines. */
function judge({ code, stdout, stderr }: Ended): void {
  const lines = stdout.trim().split("\n");
  const checks = lines.findIndex((line) => line.startsWith(" M"));
  assertEquals(lines.slice(0, checks).filter((line) => !line.endsWith(": ok")), []);
  assertEquals([checks, lines.slice(checks), code, stderr], [
    19,
    [" M file", "commit", "commit", "wal", "200|2", "ok"],
    0,
    "",
  ]);
}

/** On this host again: all is there and whole. */
async function judgeHere(folder: string): Promise<void> {
  assertEquals(
    await here(`cd ${folder}; sqlite3 db 'select count(*) from t; pragma integrity_check'`),
    "200\nok\n",
  );
  assertEquals(await here(`find ${folder} -perm /4000 -o -type b -o -type c`), "");
}

const shares = (folder: string) => ["-v", `${folder}:/work`, "-v", `${programs}:/programs:ro`];

Deno.test("system calls, git and SQLite do in a shared folder what they do elsewhere", async () => {
  const folder = await folderWithRepository("roots");
  assertEquals((await home.run(["image", "load", image, "--name", "tools:1"])).code, 0);
  judge(await home.vm("run", ...shares(folder), "tools:1", "sh", "-c", SCRIPT));
  await judgeHere(folder);
  await here(`git -C ${folder}/repo fsck --strict 2> /dev/null`);
});

Deno.test({
  name: "the same for an ordinary user, whose all the files are, and with few descriptors for many files",
  ignore: !root,
  fn: async () => {
    const folder = await folderWithRepository("users");
    await here(`mkdir ${folder}/many; chown -R ${USER.uid}:${USER.gid} ${folder}`);
    const user = new OrdinaryUser(home, { descriptors: DESCRIPTORS });
    assertEquals((await user.run(["image", "load", image, "--name", "tools:1"])).code, 0);
    const many = `/programs/many /work/many ${MANY} > /work/said; rm -r /work/many`;
    judge(await user.run(["vm", "run", ...shares(folder), "tools:1", "sh", "-c", `${many}\n${SCRIPT}`]));
    const said = Deno.readTextFileSync(`${folder}/said`);
    assertEquals(said, `${MANY} made, ${MANY} listed, ${MANY} deleted while listed, 0 left\n`);
    await judgeHere(folder);
    assertEquals(await here(`find ${folder} ! \\( -user ${USER.uid} -group ${USER.gid} \\)`), "");
  },
});

Deno.test("no program of a guest's root gets out of its shared folders", async () => {
  const outside = `${home.path}/outside`;
  for (const name of ["", "/share", "/other"]) Deno.mkdirSync(`${outside}${name}`);
  const word = crypto.randomUUID();
  Deno.writeTextFileSync(`${outside}/canary`, word);
  const before = await here(`cd ${outside}; stat -c '%i %s %a %u %Y %Z' canary; ls`);
  const more = ["-v", `${outside}/share:/work`, "-v", `${outside}/other:/other`];
  assertEquals(
    (await home.vm("create", "--name", "wild", ...more, "-v", `${programs}:/programs:ro`)).code,
    0,
  );
  try {
    const words = ["/programs/escape", "/work", "/other", outside, word, String(ESCAPE_SECONDS)];
    const { code, stdout, stderr } = await home.vm("exec", "--name", "wild", ...words);
    assertEquals([code, stderr, stdout.includes("READ")], [0, "", false], stdout);
    for (const line of stdout.trim().split("\n")) assertMatch(line, /^[a-z ]+: [1-9]\d+$/);
    assertTrue(stdout.trim().split("\n").length === 7, stdout);
  } finally {
    await home.vm("delete", "-f", "wild");
  }
  assertEquals(await here(`cd ${outside}; stat -c '%i %s %a %u %Y %Z' canary; ls`), before);
  assertEquals(Deno.readTextFileSync(`${outside}/canary`), word);
  assertEquals(await here(`find ${outside} -perm /4000 -o -type b -o -type c`), "");
});
