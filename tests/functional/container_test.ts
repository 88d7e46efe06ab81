/**
 * Containers in a machine, as a user meets them.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { type Ended, Home } from "../harness/smolvm.ts";
import { assertEndAlike } from "../harness/two_clients.ts";

const home = new Home();
home.removeAtUnload();

function container(...args: string[]): Promise<Ended> {
  return home.run(["container", ...args]);
}

async function create(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await container("create", ...args);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^[0-9a-f]{12}\n$/);
  return stdout.trim();
}

async function states(): Promise<Record<string, string>> {
  const { stdout } = await container("ls", "-a", "--json", "default");
  const all: { id: string; state: string }[] = JSON.parse(stdout);
  return Object.fromEntries(all.map(({ id, state }) => [id, state]));
}

Deno.test("a container goes from created to running to stopped, and starts again with its files", async () => {
  const id = await create("default", "alpine:latest", "sleep", "1000");
  assertEquals((await states())[id], "created");
  assertEquals(await container("start", "default", id), { code: 0, stdout: `${id}\n`, stderr: "" });
  assertEquals((await states())[id], "running");
  assertEquals((await container("exec", "default", id, "sh", "-c", "echo kept > /file")).code, 0);
  assertEquals((await container("stop", "-t", "1", "default", id)).code, 0);
  assertEquals((await states())[id], "stopped");
  const refused = await container("exec", "default", id, "true");
  assertEquals([refused.code, refused.stderr], [125, `smolvm: cannot run true ${id}: it is not running\n`]);
  assertEquals((await container("start", "default", id.slice(0, 5))).code, 0);
  assertEquals((await container("exec", "default", id, "cat", "/file")).stdout, "kept\n");
  assertMatch((await container("rm", "default", id)).stderr, /it is running; stop it first/);
  assertEquals((await container("rm", "-f", "default", id)).code, 0);
  assertEquals(await states(), {});
});

Deno.test("container exec says the same, with the same code, by the client before the runtime and by the runtime", async () => {
  const id = await create(
    "--name",
    "both",
    "-w",
    "/srv",
    "-u",
    "nobody",
    "-e",
    "A=own",
    "default",
    "alpine",
    "sleep",
    "1000",
  );
  await container("start", "default", id);
  const lines = [
    '"$S" container exec default both sh -c "pwd; id -un; echo \\$A; echo err >&2; exit 7"',
    `"$S" container exec -e A=b -w / --user=root default ${id} sh -c 'pwd; id -un; echo "$A"'`,
    '"$S" container exec default bot true',
    `"$S" container exec default ${id.slice(0, 5)} id -u`,
    '"$S" container exec default both nope',
    '"$S" container exec -u zork default both id',
    '"$S" container exec default both -x',
    '"$S" container exec nobody both true',
    '"$S" container exec default both sh -c "kill -9 \\$\\$"',
    'head -c 3000000 "$S" | "$S" container exec -i default both md5sum',
    'echo typed | ("$S" container exec -i default gone cat; cat)',
  ];
  const [first] = await assertEndAlike(home, lines);
  assertEquals(first?.slice(0, 2), [7, "/srv\nnobody\nown\n"]);
  assertEquals((await container("rm", "-f", "default", id)).code, 0);
});

Deno.test("exec joins namespaces, cgroup, identity and limits of the container", async () => {
  const id = await create("-e", "A=own", "-w", "/srv", "default", "alpine", "sleep", "1000");
  await container("start", "default", id);
  const script = "hostname; pwd; echo $A $B; cat /proc/self/cgroup; ps -o pid,args | grep '[s]leep 1000'; " +
    "grep -h -E 'CapEff|CapBnd|Seccomp:' /proc/1/status /proc/self/status; ls /sys/class/net; ls /dev/vd* 2>&1";
  const { stdout } = await container("exec", "-e", "B=new", "default", id, "sh", "-c", script);
  const lines = stdout.trim().split("\n");
  assertEquals(lines.slice(0, 5), [id, "/srv", "own new", lines[3] ?? "", "    1 sleep 1000"]);
  assertMatch(lines[3] ?? "", /^0::\/exec-\d+$/);
  // The same for process 1 and for what joined it.
  const status = lines.slice(5, 11);
  assertEquals(status.slice(0, 3), status.slice(3));
  assertEquals(lines.slice(11), ["lo", "ls: /dev/vd*: No such file or directory"]);
  assertEquals((await container("exec", "default", id, "sh", "-c", "exit 9")).code, 9);
  assertEquals((await container("exec", "--user", "nobody", "default", id, "id", "-un")).stdout, "nobody\n");
  assertEquals((await container("exec", "default", id, "nope")).code, 127);
  assertEquals((await container("exec", "--timeout", "500ms", "default", id, "sleep", "60")).code, 124);
  // Ending an exec leaves the container alone.
  assertEquals((await states())[id], "running");
  await container("rm", "-f", "default", id);
});

Deno.test("containers are apart: names, processes, files; their logs too", async () => {
  const ids = await Promise.all(
    ["one", "two"].map((name) =>
      create(
        "--name",
        name,
        "default",
        "alpine",
        "sh",
        "-c",
        `echo ${name} > /who; echo ${name}; echo err >&2; sleep 1000`,
      )
    ),
  );
  const started = await Promise.all(["one", "two"].map((name) => container("start", "default", name)));
  assertEquals(started.map(({ code }) => code), [0, 0]);
  for (const name of ["one", "two"]) {
    assertEquals((await container("exec", "default", name, "cat", "/who")).stdout, `${name}\n`);
    const { stdout } = await container(
      "exec",
      "default",
      name,
      "sh",
      "-c",
      "ps -o args | grep -c '[s]leep 1000'",
    );
    assertTrue(Number(stdout) <= 2);
    const logs = await container("logs", "default", name);
    assertEquals([logs.stdout, logs.stderr], [`${name}\n`, "err\n"]);
  }
  assertMatch((await container("create", "--name", "one", "default", "alpine")).stderr, /one of that name/);
  assertMatch(
    (await container("start", "default", "zzz")).stderr,
    /cannot find the container zzz: there is none/,
  );
  const late = await container("create", "default", "-e", "A=1", "alpine");
  assertMatch(late.stderr, /cannot use -e: .*give options before the machine/);
  assertEquals(Object.keys(await states()).sort(), ids.toSorted());
});

Deno.test("a stop sends the stop signal, and the list survives the end of the VM", async () => {
  const script = "trap 'echo bye; exit 6' TERM; echo up; while :; do sleep 0.1; done";
  const id = await create("default", "alpine", "sh", "-c", script);
  await container("start", "default", id);
  assertEquals((await container("stop", "default", id)).code, 0);
  const { stdout } = await container("ls", "-a", "--json");
  const shown: { id: string; exitCode: number }[] = JSON.parse(stdout);
  assertEquals(shown.find((one) => one.id === id)?.exitCode, 6);
  const machine = JSON.parse((await home.run(["vm", "status", "--json"])).stdout);
  Deno.kill(machine.live.supervisor, "SIGKILL");
  let after = await states();
  // A killed process holds its locks a moment longer.
  for (let tries = 0; tries < 50 && Object.values(after).includes("running"); tries++) after = await states();
  assertEquals(new Set(Object.values(after)), new Set(["stopped"]));
  // The image is in the VM already, and the files of the container are its own.
  assertEquals((await container("start", "default", "one")).code, 0);
  assertEquals((await container("exec", "default", "one", "cat", "/who")).stdout, "one\n");
  assertEquals((await container("rm", "-f", "default", ...Object.keys(after))).code, 0);
  assertEquals((await home.run(["vm", "exec", "ls", "/storage/containers"])).stdout, "");
});

Deno.test("what cannot run fails the start with its own code", async () => {
  const id = await create("default", "alpine", "/no/such/program");
  const { code, stderr } = await container("start", "default", id);
  assertEquals(code, 127);
  assertMatch(stderr, /no such file or directory/);
  assertEquals((await states())[id], "stopped");
  await container("rm", "default", id);
});

Deno.test("a prefix that several ids share is refused with the candidates", async () => {
  const ids: string[] = [];
  // By the 17th id at the latest, two begin with the same digit.
  while (new Set(ids.map((id) => id[0])).size === ids.length) {
    ids.push(await create("default", "alpine", "true"));
  }
  const digit = ids.at(-1)?.[0] ?? "";
  const alike = ids.filter((id) => id.startsWith(digit));
  const { code, stderr } = await container("start", "default", digit);
  assertEquals([code, stderr], [
    125,
    `smolvm: cannot find the container ${digit}: 2 ids begin so: ${alike.join(", ")}; give more of its id\n`,
  ]);
  assertEquals((await container("rm", "default", ...ids)).code, 0);
});

Deno.test("image prune --vm removes what no container in the VM refers to, and nothing else", async () => {
  const images = async (): Promise<string> =>
    (await home.run(["vm", "exec", "ls", "/storage/images"])).stdout;
  const id = await create("default", "alpine", "sleep", "1000");
  await container("start", "default", id);
  const stored = await images();
  assertMatch(stored, /^[0-9a-f]{64}\.erofs\n$/);
  assertEquals(await home.run(["image", "prune", "--vm"]), { code: 0, stdout: "freed 0 B\n", stderr: "" });
  assertEquals((await container("rm", "-f", "default", id)).code, 0);
  const pruned = await home.run(["image", "prune", "--json", "--vm", "default"]);
  assertEquals(JSON.parse(pruned.stdout).images, [`sha256:${stored.slice(0, 64)}`]);
  assertTrue(JSON.parse(pruned.stdout).bytes > 1e6);
  assertEquals(await images(), "");
  // It comes again when it is needed.
  const again = await create("default", "alpine", "sleep", "1000");
  assertEquals((await container("start", "default", again)).code, 0);
  assertEquals((await container("rm", "-f", "default", again)).code, 0);
  await home.run(["vm", "stop"]);
  assertMatch(
    (await home.run(["image", "prune", "--vm"])).stderr,
    /^smolvm: cannot remove images in default: it is not running; start it/,
  );
});
