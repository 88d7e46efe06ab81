/**
 * Options by which a container differs from Docker's defaults, as the programs in it see them: the built binary, a VM
 * of one run, and a machine with a container in it.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { slowness } from "../harness/slowness.ts";
import { Home } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();

/** What a program finds, one line each. */
const confined = `
echo caps $(grep CapEff /proc/self/status)
echo files $(ulimit -n) $(ulimit -Hn) cores $(ulimit -c)
echo shm $(df -k /dev/shm | tail -1 | cut -c 1-80)
echo pids $(cat /sys/fs/cgroup/pids.max)
[ $$ != 1 ] && echo init
for file in /x /etc/hosts /plain/x; do echo x >> $file || echo no $file; done
echo scratch $(stat -c %a /scratch) $(df -k /scratch | tail -1 | cut -c 1-80)
for folder in /scratch /plain; do
  printf '#!/bin/sh\\necho ran in %s\\n' $folder > $folder/run; chmod +x $folder/run; $folder/run
done
unshare -m true || echo no unshare
`;

const options = [
  "--read-only",
  ...["--tmpfs", "/scratch:size=1m,mode=700,exec", "--tmpfs=/plain"],
  ...["--cap-drop", "all", "--cap-add", "chown"],
  ...["--ulimit", "nofile=100:200", "--ulimit=core=0"],
  ...["--shm-size", "2m", "--pids-limit", "20", "--init", "--network", "none", "-l", "a=b"],
];

Deno.test("run confines a container as its options say", async () => {
  const { code, stdout, stderr } = await home.run(["run", ...options, "alpine", "sh", "-c", confined]);
  const lines = stdout.trim().replaceAll(/ +/g, " ").split("\n");
  assertEquals(lines.map((line) => line.replace(/^(shm|scratch 700) .*? (\d+) .*/, "$1 $2")), [
    "caps CapEff: 0000000000000001",
    "files 100 200 cores 0",
    "shm 2048",
    "pids 20",
    "init",
    "no /x",
    "no /etc/hosts",
    "scratch 700 1024",
    "ran in /scratch",
    "no unshare",
  ], stderr);
  assertEquals(code, 0);
  assertMatch(stderr, /\/x: Read-only file system/);
  assertMatch(stderr, /\/etc\/hosts: Read-only file system/);
  assertMatch(stderr, /\/plain\/run: Permission denied/);
});

Deno.test("a machine's command, a container and what joins it keep their options", async () => {
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await home.run(words);
    assertEquals([code, stderr], [0, ""], words.join(" "));
    return stdout;
  };
  await run(
    "run",
    "-d",
    "--name",
    "box",
    "--read-only",
    "--pids-limit=-1",
    "-l",
    "tier=back",
    "alpine",
    "sh",
    "-c",
    `
    touch /x 2> /dev/null || echo no; cat /sys/fs/cgroup/pids.max; trap "echo heard" USR1; while :; do sleep 0.1; done`,
  );
  const wide = ["--cap-add", "sys_admin", "--ulimit", "nofile=77", "--label", "a=b", "--name", "wide"];
  await run("container", "create", ...wide, "box", "alpine", "sleep", "1000");
  await run("container", "start", "box", "wide");
  const script = "ulimit -n; unshare -m true && mount -t tmpfs none /mnt && echo mounted";
  assertEquals(await run("container", "exec", "box", "wide", "sh", "-c", script), "77\nmounted\n");
  const [machine] = JSON.parse(await run("inspect", "box"));
  assertEquals([machine.labels, machine.command.options], [{ tier: "back" }, { readOnly: true, pids: -1 }]);
  const [container] = JSON.parse(await run("container", "inspect", "box", "wide"));
  assertEquals([container.labels, container.command.options.capAdd], [{ a: "b" }, ["CAP_SYS_ADMIN"]]);
  assertMatch(await run("logs", "box"), /^no\nmax$/m);
  await run("container", "kill", "box", "wide");
  const [killed] = JSON.parse(await run("container", "inspect", "box", "wide"));
  assertEquals([killed.state, killed.exitCode], ["stopped", 137]);
  await run("kill", "-s", "usr1", "box");
  const heard = async () => (await run("logs", "box")).includes("heard\n");
  for (const end = performance.now() + 20_000 * slowness; !await heard();) {
    assertTrue(performance.now() < end, "no signal came");
  }
  assertEquals(await run("ps", "-q", "--filter", "label=tier=back", "--filter", "status=running"), "box\n");
  await run("kill", "box");
  assertEquals(await run("ps", "-q", "--filter", "status=exited"), "box\n");
  await run("rm", "box");
});
