/**
 * Volumes as a user meets them: the built binary, real VMs, the bundled Alpine.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { compileC } from "../harness/compile_c.ts";
import { eventually, Home, processesWith } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();

/** What a command prints that must succeed. */
async function ok(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run([...words]);
  assertEquals(code, 0, stderr);
  return stdout;
}

/** The one line of a command that must fail. */
async function refused(words: readonly string[]): Promise<string> {
  const { code, stderr } = await home.run([...words]);
  assertEquals([code, stderr.trim().split("\n").length], [125, 1], stderr);
  return stderr.trim();
}

Deno.test("volumes are made, listed, looked at and removed", async () => {
  assertEquals(await ok(["volume", "ls", "-q"]), "");
  assertEquals(await ok(["volume", "create", "cache", "--label", "tier=build", "--size", "200m"]), "cache\n");
  assertEquals(await ok(["volume", "create", "cache"]), "cache\n");
  const anonymous = (await ok(["volume", "create"])).trim();
  assertMatch(anonymous, /^[0-9a-f]{64}$/);
  assertEquals((await ok(["volume", "ls", "-q"])).split("\n").includes(anonymous), true);
  assertEquals(await ok(["volume", "ls", "-q", "--filter", "label=tier"]), "cache\n");
  assertMatch(await ok(["volume", "ls"]), /^NAME .*\n(.*\n)*cache +\d+.* kB +210 MB +- +now$/m);
  const [{ name, bytes, labels, machines }] = JSON.parse(await ok(["volume", "inspect", "cache"]));
  assertEquals([name, bytes, labels, machines], ["cache", 200 << 20, { tier: "build" }, []]);
  assertEquals(JSON.parse(await ok(["volume", "ls", "--json"])).length, 2);
  assertMatch(await refused(["volume", "create", "a/b"]), /"a\/b": it is not a volume name/);
  assertMatch(await refused(["volume", "create", "x1", "--size", "1m"]), /give at least 134217728 bytes/);
  assertMatch(await refused(["volume", "inspect", "none"]), /cannot find the volume none: there is none/);
  const both = await home.run(["volume", "rm", "none", "cache"]);
  assertEquals([both.code, both.stdout], [125, "cache\n"]);
  assertMatch(both.stderr, /cannot find the volume none/);
  assertEquals(await ok(["volume", "rm", "-f", "none"]), "");
  assertMatch(await ok(["volume", "prune", "-f"]), new RegExp(`^removed ${anonymous}\nfreed \\d+.* kB\n$`));
  assertEquals(await ok(["volume", "ls", "-q"]), "");
});

/** `attribute FILE VALUE` sets an attribute of a file, and `attribute FILE` prints it. */
const ATTRIBUTE = `#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
int main(int count, char **words) {
  char value[64];
  if (count > 2) return setxattr(words[1], "user.mark", words[2], strlen(words[2]), 0) != 0;
  ssize_t length = getxattr(words[1], "user.mark", value, sizeof value);
  return length < 0 ? 1 : printf("%.*s\\n", (int) length, value) < 0;
}
`;

/** What is written into a volume, and how it is looked at. */
const WRITE = `cd /etc/apk; stat -c '%a %u:%g %n' . keys; ls | tr '\\n' ' '; echo
  echo kept > file; ln file hard; ln -s file link; mkfifo fifo; mknod disk b 8 0; mkdir -p deep/er
  chown 70000:7 file; chmod 4751 file; /share/attribute file mark; touch -d '2001-02-03 04:05:06' deep`;
const LOOK = `cd /v; stat -c '%a %u:%g %h %F' file; cat hard link; stat -c '%t:%T %F' disk; stat -c '%F' fifo
  /share/attribute hard; stat -c '%Y' deep; ls -d arch keys`;
const SEEN = `4751 70000:7 2 regular file
kept
kept
8:0 block special file
fifo
mark
981173106
arch
keys
`;

Deno.test("a volume begins as what the image has, and keeps all that a Linux disk keeps from one run to the next", async () => {
  const share = `${home.path}/share`;
  Deno.mkdirSync(share);
  Deno.writeTextFileSync(`${home.path}/attribute.c`, ATTRIBUTE);
  await compileC(`${home.path}/attribute.c`, `${share}/attribute`, ["-static"]);
  const run = ["run", "-v", `${share}:/share:ro`];
  const begun = await ok([...run, "-v", "kept:/etc/apk", "alpine", "sh", "-c", WRITE]);
  assertMatch(begun, /^755 0:0 \.\n755 0:0 keys\narch keys protected_paths\.d repositories world \n$/);
  const looks = [...run, "-v", "kept:/v", "alpine", "sh", "-c", `${LOOK}; find . -mindepth 1 -delete`];
  assertEquals(await ok(looks), SEEN);
  // Emptied, it begins anew with the next container, but for one that says not to.
  assertEquals(await ok([...run, "-v", "kept:/etc/apk:nocopy", "alpine", "ls", "-A", "/etc/apk"]), "");
  const refusedWrites = "ls /etc/apk | wc -l; echo x 2>/dev/null > /etc/apk/x || echo refused";
  assertEquals(
    await ok([...run, "-v", "kept:/etc/apk:ro", "alpine", "sh", "-c", refusedWrites]),
    "0\nrefused\n",
  );
  assertEquals(await ok(["volume", "rm", "kept"]), "kept\n");
});

Deno.test("a volume is one VM's at a time, and is free at once when that is killed", async () => {
  const run = home.start([
    "run",
    "-v",
    "one:/v",
    "alpine",
    "sh",
    "-c",
    "echo mine > /v/file; sync; echo up; sleep 1000",
  ]);
  const reader = run.stdout.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "up\n");
  const has = `a run \\(process ${run.pid}\\) has it`;
  assertMatch(
    await refused(["run", "-v", "one:/v", "alpine", "true"]),
    new RegExp(
      `cannot use the volume one: ${has}, and a volume is for one VM at a time; wait until it has ended$`,
    ),
  );
  assertMatch(await refused(["volume", "rm", "one"]), new RegExp(`volume is in use: ${has}`));
  assertMatch(await ok(["volume", "prune", "-f"]), /^freed 0 B\n$/);
  assertEquals(JSON.parse(await ok(["volume", "inspect", "one"]))[0].holder, { pid: run.pid });
  run.kill("SIGKILL");
  await Promise.all([run.status, reader.cancel(), run.stderr.cancel()]);
  assertMatch(
    await refused(["run", "-v", "one:/v:ro", "alpine", "true"]),
    /the volume one read-only: the last VM .* did not leave it clean/,
  );
  assertEquals(await ok(["run", "-v", "one:/v", "alpine", "cat", "/v/file"]), "mine\n");
  assertEquals(await ok(["run", "-v", "one:/v:ro", "alpine", "cat", "/v/file"]), "mine\n");
  assertTrue(await eventually(() => processesWith(`${home.path}/data/volumes`).length === 0, 5_000));
});

Deno.test("a machine has its volumes in its own root and its command's, and they outlive it", async () => {
  const command = ["alpine", "sh", "-c", "cat /etc/apk/arch; cat /srv/v/from-exec; exec sleep 1000"];
  const volumes = ["-v", "apk:/etc/apk", "--mount", "type=volume,src=data,dst=/srv/v", "-v", "/anonymous"];
  await ok(["create", "--name", "m", ...volumes, ...command]);
  await ok(["start", "-d", "m"]);
  try {
    const script =
      "cat /etc/apk/arch; echo executed > /srv/v/from-exec; df /srv/v /etc/apk | grep -c /dev/vd";
    assertEquals(await ok(["exec", "--name", "m", "sh", "-c", script]), "x86_64\n2\n");
    const inside = ["container", "create", "--name", "c", "-v", "data:/in", "-v", "/own", "m", "alpine"];
    await ok([...inside, "sh", "-c", "cat /in/from-exec > /in/from-c; test -d /own && exec sleep 1000"]);
    await ok(["container", "start", "m", "c"]);
    assertEquals(await ok(["container", "exec", "m", "c", "sh", "-c", "cat /in/from-c"]), "executed\n");
    assertMatch(
      await refused(["container", "create", "-v", "other:/in", "m", "alpine"]),
      /cannot use the volume other: the machine m does not have it/,
    );
    assertMatch(
      await refused(["run", "-v", "data:/v", "alpine", "true"]),
      /the machine m has it, .* stop it with/,
    );
    assertMatch(await ok(["vm", "status", "m"]), /^volume +apk -> \/etc\/apk$/m);
    const [{ volumes: shown, command: of }] = JSON.parse(await ok(["inspect", "m"]));
    assertEquals([shown.map(({ name }: { name: string }) => name), of.volumes], [["apk", "data"], [
      "/anonymous",
    ]]);
    const { supervisor } = JSON.parse(await ok(["inspect", "m"]))[0].live;
    await ok(["exec", "--name", "m", "sync"]);
    Deno.kill(supervisor, "SIGKILL");
    assertTrue(await eventually(() => processesWith(`${home.path}/data/volumes`).length === 0, 5_000));
    assertMatch(
      await refused(["volume", "rm", "apk"]),
      /volume is in use: the machine m has it; delete it first/,
    );
    assertEquals(await ok(["volume", "prune", "-f"]).then((said) => /apk|data/.test(said)), false);
    await ok(["start", "-d", "m"]);
    // The command may print behind the start.
    let logs = await ok(["logs", "m"]);
    for (let tries = 0; tries < 50 && !logs.endsWith("executed\n"); tries++) logs = await ok(["logs", "m"]);
    assertEquals(logs.endsWith("x86_64\nexecuted\n"), true);
    await ok(["stop", "m"]);
    assertEquals(await ok(["run", "-v", "data:/v:ro", "alpine", "cat", "/v/from-exec"]), "executed\n");
  } finally {
    await ok(["delete", "-f", "m"]);
  }
  assertEquals(await ok(["volume", "rm", "data", "apk"]), "data\napk\n");
});

Deno.test("what cannot be is refused before a VM starts", async () => {
  const four = ["v1", "v2", "v3", "v4"].flatMap((name) => ["-v", `${name}:/${name}`]);
  const refusals: [string[], RegExp][] = [
    [["--tmpfs", "/x", "-v", "data:/x"], /cannot use --tmpfs \/x: data is to be at \/x as well/],
    [["-v", "data:/x", "-v", "/x"], /cannot make a volume at \/x: data is to be at \/x as well/],
    [["-v", "data:/proc"], /cannot use the volume data: no volume can be over \/proc/],
    [["-v", "d:/x"], /cannot name a volume "d"/],
    [four, /cannot use 4 volumes: a VM takes at most 3/],
  ];
  for (const [words, text] of refusals) {
    for (const verb of [["run"], ["create", "--name", "never"]]) {
      assertMatch(await refused(["vm", ...verb, ...words, "alpine", "true"]), text);
    }
  }
  assertMatch(
    await refused(["vm", "create", "--name", "never", "-v", "/x"]),
    /no image is named that one is of/,
  );
  assertEquals((await ok(["volume", "ls", "-q"])).includes("v1"), false);
});
