/**
 * `cp` between this host and a machine or a container, as a user meets it. One machine for all.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { Home } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();
const folder = Deno.makeTempDirSync({ prefix: "smolvm-cp-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** Runs a script of bash in the folder. */
async function bash(script: string): Promise<string> {
  const command = new Deno.Command("bash", {
    args: ["-ec", script],
    cwd: folder,
    clearEnv: true,
    env: home.env({ S: home.binary }),
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stderr)], [0, ""], script);
  return decoder.decode(stdout);
}

const LIST = "find . -printf '%p %M %T@ %s %n %l\\n' | sort";

Deno.test("cp finds this host's side wanting before a machine is made or started", async () => {
  const missing = await home.run(["cp", `${folder}/none`, "default:/x"]);
  assertEquals(missing, {
    code: 125,
    stdout: "",
    stderr: `smolvm: cannot copy ${folder}/none: there is no such file or folder\n`,
  });
  const nowhere = await home.run(["cp", "default:/etc/hostname", `${folder}/no/where`]);
  assertMatch(nowhere.stderr, /the folder that it would be in is not there/);
  assertEquals((await home.run(["microvm", "ls", "-q"])).stdout, "");
});

Deno.test("cp starts a stopped machine, says so, and brings a tree there and back as it was", async () => {
  await bash(
    `mkdir -p src/sub; cd src; echo hi > a; ln a b; ln -s /etc/passwd abs; ln -s nowhere dangling; mkfifo fifo
    printf x > $'bad\\xff\\nname'; echo l > $(printf 'n%.0s' {1..200}); truncate -s 64M sparse; chmod 640 a
    touch -d 2001-02-03T04:05:06.789 sub a`,
  );
  const first = await home.run(["microvm", "cp", `${folder}/src`, "default:/root"]);
  assertEquals(first, { code: 0, stdout: "", stderr: "smolvm: started the machine default\n" });
  await bash(`$S microvm cp default:/root/src back; test "$(cd src; ${LIST})" = "$(cd back; ${LIST})"`);
  // Holes stay holes, there and here.
  assertEquals(
    await bash("du -k back/sparse | cut -f1; $S exec sh -c 'du -k /root/src/sparse | cut -f1'"),
    "0\n0\n",
  );
  assertEquals(await bash("$S exec stat -c %u:%g /root/src/a"), "0:0\n");
});

Deno.test("cp -a keeps owners, attributes, times, links and holes; names are of any bytes, those of the copy too", async () => {
  const facts = "find . -printf '%p %M %U:%G %T@ %s %n %l\\n' | sort";
  await bash(
    `mkdir kept; cd kept; echo a > $'\\xfe'; chown 1234:56789 $'\\xfe'; ln $'\\xfe' hard; ln -s there link; chown -h 7:8 link
    truncate -s 3M hole; echo end >> hole; chmod 2775 .; chmod 4755 hole; touch -d 1969-12-31T12:00:00.5Z hole
    touch -h -d 2002-02-02T02:02:02.2 link
    python3 -c 'import os; os.setxattr("hole", "user.kept", bytes([0, 255]))'`,
  );
  await bash(
    `$S cp -a kept $'default:/root/\\xff'; $S cp -a $'default:/root/\\xff' .; $S cp -a $'\\xff/\\xfe' default:/root/one
    test "$($S exec cat /root/one)" = a; $S cp $'default:/root/\\xff/\\xfe' $'own\\xff'; cmp $'own\\xff' kept/hard
    test "$(cd kept; ${facts})" = "$(cd $'\\xff'; ${facts})"; test $(du -k $'\\xff/hole' | cut -f1) -lt 100
    python3 -c 'import os; assert os.getxattr(b"\\xff/hole", "user.kept") == bytes([0, 255])'`,
  );
  assertEquals(
    await bash("$S exec sh -c 'stat -c %u:%g:%a /root/*/hard /root/*/hole'"),
    "1234:56789:644\n0:0:4755\n",
  );
});

Deno.test("cp passes archives through stdin and stdout, and 100 MiB byte for byte", async () => {
  assertMatch(await bash("$S cp default:/root/src - | tar t"), /^src\/\n[^]*src\/sub\/\n/);
  await bash(
    "mkdir t; echo one > t/one; tar c t | $S cp - default:/root; test $($S exec cat /root/t/one) = one",
  );
  await bash(
    "head -c 104857600 /dev/urandom > big; $S cp big default:/root/big; $S cp default:/root/big - | tar xO | cmp - big",
  );
});

Deno.test("cp names in one line what it cannot copy", async () => {
  const refused = async (source: string, target: string) => {
    const { code, stderr } = await home.run(["cp", source, target]);
    assertEquals(code, 125);
    return stderr;
  };
  assertEquals(
    await refused("default:/none", folder),
    "smolvm: cannot copy default:/none: there is no such file or folder\n",
  );
  assertEquals(
    await refused(`${folder}/src`, "default:/etc/passwd"),
    "smolvm: cannot copy default:/etc/passwd: it is a file, and a folder is copied\n",
  );
  assertMatch(
    await refused(`${folder}/src/a`, "default:/no/where"),
    /the folder that it would be in is not there/,
  );
  assertMatch(
    await refused(`${folder}/src/a`, "default:/proc/new"),
    /^smolvm: cannot copy default:\/proc\/new: new: /,
  );
});

Deno.test("cp reaches a container's own root, and no link in it leads outside", async () => {
  const id = (await bash("$S container create default alpine sleep 1000")).trim();
  assertMatch(
    (await home.run(["container", "cp", "default", `${id}:/etc/passwd`, folder])).stderr,
    /it is not running/,
  );
  await bash(`$S container start default ${id} > /dev/null; $S container cp default src/a ${id}:/tmp/in
    test "$($S container exec default ${id} cat /tmp/in)" = hi; $S exec sh -c '! test -e /tmp/in'
    $S container exec default ${id} sh -c 'echo own > /srv/file; ln -s /srv/file /tmp/link; ln -s / /tmp/up'
    $S container cp -L default ${id}:/tmp/link got; test "$(cat got)" = own
    $S container cp default ${id}:/tmp/up/srv/file got2; test "$(cat got2)" = own`);
});
