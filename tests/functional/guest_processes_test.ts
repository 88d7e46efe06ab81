/**
 * Processes in a VM: who reaps them, how they end, what holds them, and what is said of their ends.
 *
 * @module
 */
import { connectSupervisor, type SupervisorLink } from "../../src/client/connect.ts";
import type { ContainerRequest, SessionRequest } from "../../src/guest_protocol/messages.ts";
import { joinSession } from "../../src/session/session_streams.ts";
import type { SupervisorEvent } from "../../src/supervisor_protocol/messages.ts";
import type { Stream } from "../../src/wire/stream.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { bootAlpine } from "../harness/own_vm.ts";
import { type Ended, Home } from "../harness/smolvm.ts";
import { slowness } from "../harness/slowness.ts";
import { assertEndAlike } from "../harness/two_clients.ts";

const home = new Home();
home.removeAtUnload();

/** Runs a script in the VM's own root. */
function sh(script: string, ...options: string[]): Promise<Ended> {
  return home.run(["vm", "exec", ...options, "sh", "-c", script]);
}

/** Runs a script in the container that the tests share. */
function inside(script: string, ...options: string[]): Promise<Ended> {
  return home.run(["container", "exec", ...options, "default", "box", "sh", "-c", script]);
}

/** Waits, with commands in the VM, until a script succeeds there. */
async function eventually(script: string, milliseconds: number): Promise<boolean> {
  for (const end = performance.now() + milliseconds * slowness; performance.now() < end;) {
    if ((await sh(script)).code === 0) return true;
  }
  return (await sh(script)).code === 0;
}

/** A link to the machine's supervisor: sessions without a process of this host for each. */
async function connect(): Promise<SupervisorLink> {
  const { stdout } = await home.run(["vm", "status", "--json"]);
  const { id, name } = JSON.parse(stdout);
  const paths = { data: `${home.path}/data`, cache: `${home.path}/cache`, runtime: `${home.path}/run` };
  const link = await connectSupervisor({ id, name }, paths);
  if (!link) throw new Error(`${name} does not run`);
  return link;
}

/** A session to its end. */
async function session<Event extends { readonly kind: string }>(
  stream: Stream<Event, SessionRequest>,
): Promise<{ end?: Event; output: string }> {
  let output = "";
  const sink = (bytes: Uint8Array): Promise<void> => {
    output += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  const end = await joinSession(stream, { stdout: sink, stderr: sink });
  return { ...(end && { end }), output };
}

const program = { env: [], cwd: "", user: "", stdin: false, timeoutMilliseconds: 0 };

function exec(link: SupervisorLink, ...argv: string[]): ReturnType<typeof session<SupervisorEvent>> {
  return session(link.open({ kind: "exec", ...program, argv }));
}

const exited = { kind: "exited", signal: null, outOfMemory: false, timedOut: false } as const;

// Little memory is full sooner.
assertEquals((await home.run(["vm", "create", "--name", "default", "--mem", "192"])).code, 0);

Deno.test("orphans are reaped, and their ends are not taken for their parent's", async () => {
  const orphans =
    "for i in $(seq 200); do (sh -c 'exit 3' &) ; done; setsid sh -c 'sleep 0.2; exit 4' & exit 7";
  assertEquals((await sh(orphans)).code, 7);
  const zombies = "! grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | grep -q .";
  assertTrue(await eventually(`! pgrep -f 'sleep 0[.]2' && ${zombies}`, 5_000));
});

Deno.test("ends are exact, one after the other and many at once", async () => {
  using link = await connect();
  for (let code = 0; code < 50; code++) {
    const { end, output } = await exec(link, "sh", "-c", `echo ${code}; exit ${code}`);
    assertEquals([end, output], [{ ...exited, code }, `${code}\n`]);
  }
  const codes = Array.from({ length: 40 }, (_, index) => index + 100);
  const all = await Promise.all(codes.map((code) => exec(link, "sh", "-c", `exit ${code}`)));
  assertEquals(all.map(({ end }) => end), codes.map((code) => ({ ...exited, code })));
  // The pids of the orphans before come again: what they ended with is nobody's any more.
  const { end } = await exec(link, "sh", "-c", "kill -9 $$");
  assertEquals(end, { ...exited, code: null, signal: 9 });
});

Deno.test("a timeout ends what left the session and the group as well, with 124", async () => {
  const created = await home.run([
    "container",
    "create",
    "--name",
    "box",
    "default",
    "alpine",
    "sleep",
    "1000",
  ]);
  assertEquals([created.code, created.stderr], [0, ""]);
  assertEquals((await home.run(["container", "start", "default", "box"])).code, 0);
  const script = "trap '' TERM HUP INT; setsid sh -c 'setsid sleep 4301 & sleep 4301' & sleep 4301";
  for (const run of [sh, inside]) {
    const { code, stderr } = await run(script, "--timeout", "1s");
    assertEquals([code, stderr], [124, "smolvm: sh was ended by --timeout\n"]);
    assertTrue(await eventually("! pgrep -f 'sleep 430[1]'", 1_000));
  }
});

Deno.test("what a vanished client ran in a container is gone within a second, whatever it ignores", async () => {
  const script = "trap '' TERM HUP INT; setsid sh -c 'setsid sleep 4302 & sleep 4302' & echo up; sleep 4302";
  const child = home.start(["container", "exec", "default", "box", "sh", "-c", script]);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  await Promise.all([child.status, reader.cancel(), child.stderr.cancel()]);
  await new Promise((resolve) => setTimeout(resolve, 1_000 * slowness));
  assertEquals((await sh("pgrep -f 'sleep 430[2]'")).code, 1);
  // The container itself goes on.
  assertEquals((await inside("echo alive")).stdout, "alive\n");
});

Deno.test("exec in a container has its variables, and a user's own pipes", async () => {
  const variables = await inside("env | sort");
  assertEquals(variables.stdout.replace(/^(HOSTNAME)=[0-9a-f]{12}$/m, "$1").trim().split("\n"), [
    "HOME=/root",
    "HOSTNAME",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PWD=/",
    "SHLVL=1",
  ]);
  for (const run of [sh, inside]) {
    const ended = await run("echo out > /dev/stdout; echo err > /dev/stderr", "--user", "nobody");
    assertEquals([ended.code, ended.stdout, ended.stderr], [0, "out\n", "err\n"]);
  }
});

Deno.test("a session ends a second after its command, whoever still writes", async () => {
  for (const run of [sh, inside]) {
    const { code, stdout } = await run("(while :; do echo 4306; sleep 0.1; done) & exit 3");
    assertEquals(code, 3);
    assertMatch(stdout, /^(4306\n)+$/);
  }
});

Deno.test("words of 128 KiB, and of any bytes, reach a program by way of the supervisor", async () => {
  using link = await connect();
  const longest = "x".repeat(131_071);
  const argv = ["sh", "-c", 'echo ${#1} ${#9} $#; printf %s "$A" | od -An -tx1', "sh"];
  const long = await session(link.open({
    ...{ kind: "exec", ...program },
    argv: [...argv, ...Array.from({ length: 12 }, () => longest)],
    env: ["A=a\udcff\u00e9"],
  }));
  assertEquals([long.end, long.output], [{ ...exited, code: 0 }, "131071 131071 12\n 61 ff c3 a9\n"]);
});

Deno.test("a command line's words reach programs with their bytes, UTF-8 or not; names and paths here are UTF-8", async () => {
  const typed = async (line: string): Promise<[number, string, string]> => {
    const script =
      `b=$(printf 'a\\377\\303'); "$0" ${line} > "$1" 2>&1; c=$?; od -An -tx1 < "$1" | tr -d '\\n'; exit $c`;
    const args = ["-c", script, home.binary, `${home.path}/typed`];
    const { code, stdout } = await new Deno.Command("sh", { args, env: home.env() }).output();
    return [code, new TextDecoder().decode(stdout), await Deno.readTextFile(`${home.path}/typed`)];
  };
  for (
    const line of [
      'run alpine printf %s "$b" é',
      'exec printf %s "$b" é',
      'container exec -e "A=$b" default box sh -c \'printf "%sé" "$A"\'',
    ]
  ) assertEquals((await typed(line)).slice(0, 2), [0, " 61 ff c3 c3 a9"], line);
  for (
    const [line, said] of [
      ['load -i "$b"', "cannot load a\ufffd\ufffd: its path is not UTF-8; give it another name"],
      [
        'exec --env-file "$b" id',
        "cannot use --env-file a\ufffd\ufffd: its path is not UTF-8; give it another name",
      ],
      [
        'create --name "$b"',
        'cannot name a machine "a\\udcff\\udcc3": it is not a machine name; use 1 to 63 of',
      ],
      ['run "$b"', 'cannot read the image name "a\\udcff\\udcc3": '],
    ] as const
  ) {
    const [code, , text] = await typed(line);
    assertEquals([line, code, text.split("\n").length], [line, 125, 2]);
    assertTrue(text.startsWith(`smolvm: ${said}`), text);
  }
});

Deno.test("exec says the same, with the same code, by the client before the runtime and by the runtime", async () => {
  const lines = [
    '"$S" exec echo "$B" é',
    '"$S" exec sh -c "echo out; echo err >&2; exit 7"',
    '"$S" vm exec --name=default -e A=b -w /tmp -u nobody -- sh -c \'id; pwd; echo "$A"\'',
    '"$S" exec nope',
    '"$S" exec default true',
    '"$S" exec /etc/passwd',
    '"$S" exec ""',
    '"$S" exec -u zork id',
    '"$S" exec -w /nope/x pwd',
    '"$S" exec -w tmp pwd',
    '"$S" exec --name nobody true',
    '"$S" exec --bogus',
    '"$S" exec',
    '"$S" exec --timeout 1s sleep 9',
    '"$S" exec sh -c "kill -9 \\$\\$"',
    '"$S" exec echo x > /dev/full',
    '"$S" exec echo x >&-',
    '"$S" exec -i cat <&-',
    'head -c 3000000 "$S" | "$S" exec -i md5sum',
    '(trap "" PIPE; "$S" exec yes; echo $? >&2) | head -c 1',
    `o=$(mktemp); "$S" exec sh -c 'trap "echo got; exit 5" TERM; echo ready; sleep 9 & wait' > "$o" & p=$!
      until grep -q ready "$o"; do sleep 0.1; done; kill $p; wait $p; c=$?; cat "$o"; rm "$o"; exit $c`,
  ];
  await assertEndAlike(home, lines);
});

Deno.test("the agent gives back the memory of long requests: it grew by 6 MB with each, for ever", async () => {
  using link = await connect();
  const words = Array.from({ length: 12 }, () => "x".repeat(131_071));
  for (let count = 0; count < 5; count++) {
    assertEquals((await exec(link, "true", ...words)).end?.kind, "exited");
  }
  // The budget of 20 MB, and the room of V8's own decisions.
  assertTrue(await eventually(`test "$(awk '/RssAnon/ { print $2 }' /proc/1/status)" -lt 22000`, 3_000));
});

Deno.test("any user of a container may listen on port 80, and ping", async () => {
  const script = "echo heard | nc -l -p 80 & for i in $(seq 50); do nc 127.0.0.1 80 < /dev/null && break; " +
    "sleep 0.1; done; ping -c 1 -W 5 127.0.0.1 | grep -o '1 packets received'";
  const { code, stdout, stderr } = await inside(script, "--user", "nobody");
  assertEquals([code, stdout.replace(/\n+/g, "\n")], [0, "heard\n1 packets received\n"], stderr);
});

Deno.test("a guest that stood still, or whose clock is late, has the host's time with the next session", async () => {
  const late = async (): Promise<number> => Date.now() / 1000 - Number((await sh("date +%s")).stdout);
  const { live } = JSON.parse((await home.run(["vm", "status", "--json"])).stdout);
  Deno.kill(live.vmm, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  Deno.kill(live.vmm, "SIGCONT");
  assertTrue(Math.abs(await late()) < 2 * slowness);
  assertEquals((await sh("date -s @1000000000")).code, 0);
  assertTrue(Math.abs(await late()) < 2 * slowness);
});

Deno.test("the launcher cannot be written to: a container could get hold of it while it becomes its program", async () => {
  const { code, stderr } = await sh("echo x >> /sbin/smolvm-launch");
  assertEquals(code, 1);
  assertMatch(stderr, /Read-only file system/);
});

Deno.test("limits hold from the first instruction, and a lack of memory is told from another kill", async () => {
  await using vm = await bootAlpine(home, 256);
  const limited = (script: string): ContainerRequest => ({
    kind: "container",
    ...program,
    argv: ["sh", "-c", script],
    id: crypto.randomUUID().replaceAll("-", "").slice(0, 12),
    image: "vdb",
    hostname: "limited",
    volumes: [],
    keep: false,
    init: true,
    memoryBytes: 48 << 20,
    // The launcher counts as well until it is reaped.
    pids: 8,
  });
  const first = await session(
    vm.open(limited("cd /sys/fs/cgroup; cat pids.max memory.max cgroup.procs | tr '\\n' ' '")),
  );
  assertMatch(first.output, /^8 50331648 1 2/);
  const forks = await session(vm.open(limited("for i in 1 2 3 4 5 6 7 8; do sleep 3 & done; echo no")));
  assertEquals(forks.end, { ...exited, code: 2 });
  assertMatch(forks.output, /can't fork: Resource temporarily unavailable/);
  const eaten = await session(vm.open(limited("exec tail /dev/zero")));
  assertEquals(eaten.end, { ...exited, code: 137, outOfMemory: true });
  const killed = await session(vm.open(limited("kill -9 $$")));
  assertEquals(killed.end, { ...exited, code: 137 });
});

Deno.test("a lack of memory is said in the VM's root and in a container, and the VM lives on", async () => {
  const rooted = await sh("exec tail /dev/zero");
  assertEquals(rooted.code, 137);
  assertMatch(rooted.stderr, /^smolvm: sh ran out of memory \(the VM has 192 MiB\); give more with --mem\n$/);
  const contained = await inside("exec tail /dev/zero");
  assertEquals(contained.code, 137);
  assertMatch(contained.stderr, /^smolvm: sh ran out of memory/);
  for (const run of [sh, inside]) {
    const { code, stderr } = await run("kill -9 $$");
    assertEquals([code, stderr], [137, ""]);
  }
});

Deno.test("a time limit is kept though what is left in the background goes on talking", async () => {
  const { code, stdout } = await sh("(while :; do echo 4305; sleep 0.1; done) & exit 3", "--timeout", "3s");
  assertEquals(code, 3);
  assertMatch(stdout, /^(4305\n)+$/);
});

Deno.test("a container cannot change the VM's own /dev/null, which is its stdin", async () => {
  const { stdout } = await inside("chmod 600 /dev/stdin; stat -c %a /dev/null; chmod 666 /dev/null");
  assertEquals(stdout, "600\n");
  assertEquals((await sh("stat -c %a /dev/null")).stdout, "666\n");
});

Deno.test("a container that is started again knows nothing of its last run: no group, no lack of memory", async () => {
  await inside("sleep 4304 &");
  assertEquals((await inside("exec tail /dev/zero")).code, 137);
  for (let turn = 0; turn < 2; turn++) {
    assertEquals((await home.run(["container", "stop", "-t", "0", "default", "box"])).code, 0);
    assertEquals((await home.run(["container", "start", "default", "box"])).code, 0);
  }
  assertEquals((await sh("ls -d /sys/fs/cgroup/container-*/exec-*")).code, 1);
  assertEquals((await home.run(["container", "stop", "-t", "0", "default", "box"])).code, 0);
  const { stdout } = await home.run(["container", "ls", "-a", "--json", "default"]);
  assertEquals(JSON.parse(stdout)[0].reason, undefined);
  assertEquals((await home.run(["container", "start", "default", "box"])).code, 0);
});
