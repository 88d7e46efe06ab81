/**
 * Machines as a user meets them: the built binary, real VMs, one home for the file.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { BINARY, type Ended, processesWith } from "../harness/smolvm.ts";

const home = new MachineHome();
home.removeAtUnload();

function vm(...args: string[]): Promise<Ended> {
  return home.vm(...args);
}

/** Runs a script in the default machine's shell. */
function sh(script: string): Promise<Ended> {
  return vm("exec", "sh", "-c", script);
}

Deno.test("exec passes codes, streams, variables, users and folders on", async () => {
  const ended = await home.run([
    ..."microvm exec -i -e A=1 -e HOST_ONE -w /tmp --user nobody".split(" "),
    "sh",
    "-c",
    'cat; echo "$A $HOST_ONE $(pwd) $(id -un)"; echo err >&2; exit 7',
  ], { stdin: "in\n", env: { HOST_ONE: "2" } });
  assertEquals([ended.code, ended.stdout, ended.stderr], [7, "in\n1 2 /tmp nobody\n", "err\n"]);
  assertEquals((await vm("exec", "no-such-thing")).code, 127);
  assertEquals((await vm("exec", "--timeout", "500ms", "sleep", "60")).code, 124);
});

Deno.test("exec ends with its command; what that left in the background lives on", async () => {
  const begun = performance.now();
  assertEquals((await sh("sleep 1000 & echo $! > /run/left")).code, 0);
  assertTrue(performance.now() - begun < 30_000);
  assertEquals((await sh("kill -0 $(cat /run/left) && kill $(cat /run/left)")).code, 0);
});

Deno.test("a vanished exec takes its program with it within a second", async () => {
  const child = home.start(["vm", "exec", "sh", "-c", "echo up; exec sleep 4321"]);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  await Promise.all([child.status, reader.cancel(), child.stderr.cancel()]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assertEquals((await sh("pgrep -f 'sleep 432[1]'")).code, 1);
});

Deno.test("32 execs at once all succeed with their own output", async () => {
  assertEquals((await vm("exec", "true")).code, 0);
  const all = await Promise.all(Array.from({ length: 32 }, (_, index) => vm("exec", "echo", `${index}`)));
  assertEquals(
    all,
    Array.from({ length: 32 }, (_, index) => ({ code: 0, stdout: `${index}\n`, stderr: "" })),
  );
});

Deno.test("create checks what it can and stores it; one name is one machine", async () => {
  const [bad, missing, twice] = [
    await vm("create", "--name", "-x/", "alpine"),
    await vm("create", "--name", "m", "--cpus", "999"),
    await Promise.all([vm("create", "--name", "twin"), vm("create", "--name", "twin")]),
  ];
  assertEquals([bad.code, missing.code], [125, 125]);
  assertEquals(twice.map(({ code }) => code).sort(), [0, 125]);
  assertEquals(JSON.parse((await vm("ls", "--json")).stdout).length, 2);
  assertEquals((await home.status("twin")).state, "created");
  assertEquals((await vm("delete", "-f", "twin")).code, 0);
  assertEquals((await vm("status", "twin")).stderr.startsWith("smolvm: cannot find the machine twin"), true);
});

Deno.test("start -d, stop with the image's signal, update, and a start in the foreground that Ctrl-C stops", async () => {
  const script = "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.1; done";
  await vm("create", "--name", "svc", "--mem", "200", "--disk", "1G", "alpine", "sh", "-c", script);
  assertEquals(await vm("start", "-d", "svc"), { code: 0, stdout: "svc\n", stderr: "" });
  assertEquals((await vm("start", "-d", "svc")).stderr, "smolvm: svc is running already\n");
  const refused = await vm("delete", "svc");
  assertEquals([refused.code, /running/.test(refused.stderr)], [125, true]);
  const update = await vm("update", "svc", "--mem", "320m");
  assertEquals([update.stdout, /svc runs as it was; .* restart svc /.test(update.stderr)], ["svc\n", true]);
  assertEquals((await vm("update", "svc", "--disk", "3G")).code, 125);
  assertEquals((await vm("stop", "svc")).code, 0);
  assertEquals((await home.status("svc")).exitCode, 5);
  assertEquals(await vm("update", "svc", "--disk", "3G"), { code: 0, stdout: "svc\n", stderr: "" });
  const child = home.start(["vm", "start", "svc"]);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("up\n")) text += (await reader.read()).value ?? "";
  const sizes = await vm(
    "exec",
    "--name",
    "svc",
    "sh",
    "-c",
    "free -m | awk '/Mem/ {print $2}'; df -m /storage | tail -1",
  );
  const [memory, disk] = sizes.stdout.split("\n").map((line) => Number(/(?:^|\s)(\d+)/.exec(line)?.[1]));
  assertTrue((memory ?? 0) > 250 && (disk ?? 0) > 2_800, sizes.stdout);
  child.kill("SIGINT");
  assertEquals((await child.status).code, 5);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  await vm("delete", "-f", "svc");
});

Deno.test("a start in the foreground of a machine without a command says that it stays, off a terminal too", async () => {
  await vm("create", "--name", "plain");
  const child = home.start(["vm", "start", "plain"]);
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) text += (await reader.read()).value ?? "";
  assertEquals(
    text,
    "smolvm: plain runs, and this command stays with it: Ctrl-C stops it; start -d returns at once\n",
  );
  child.kill("SIGINT");
  assertEquals((await child.status).code, 0);
  await Promise.all([reader.cancel(), child.stdout.cancel()]);
  assertEquals((await home.status("plain")).state, "stopped");
  await vm("delete", "plain");
});

Deno.test("a start while a stop is under way waits for its end; of two stops the shorter patience holds", async () => {
  await vm("create", "--name", "slow", "alpine", "sh", "-c", "trap '' TERM; while :; do sleep 1; done");
  assertEquals((await vm("start", "-d", "slow")).code, 0);
  const first = vm("stop", "-t", "300", "slow");
  const stopping = async (): Promise<boolean> => (await vm("exec", "--name", "slow", "true")).code === 125;
  while (!await stopping());
  const [started, second] = await Promise.all([vm("start", "-d", "slow"), vm("stop", "-t", "1", "slow")]);
  assertEquals([started.code, started.stdout, started.stderr], [0, "slow\n", ""]);
  assertEquals([(await first).code, second.code], [0, 0]);
  assertEquals((await home.status("slow")).state, "running");
  await vm("delete", "-f", "slow");
});

Deno.test("a command that cannot run fails the start with its own code, and the status says why", async () => {
  await vm("create", "--name", "broken", "alpine", "/no/such/program");
  const { code, stderr } = await vm("start", "broken");
  assertEquals(code, 127);
  assertMatch(stderr, /no such file or directory/);
  assertEquals([(await home.status("broken")).state, (await home.status("broken")).exitCode], [
    "failed",
    127,
  ]);
  assertEquals((await vm("start", "-d", "broken")).code, 127);
  await vm("delete", "-f", "broken");
  await vm("create", "--name", "broken", "--restart", "always", "alpine", "/no/such/program");
  assertEquals((await vm("start", "-d", "broken")).code, 127);
  await vm("delete", "-f", "broken");
});

Deno.test("--restart brings a failed command back, and counts", async () => {
  const command = ["sh", "-c", "echo try; sleep 0.2; exit 1"];
  const made = await vm("create", "--name", "again", "--restart", "on-failure", "alpine", ...command);
  assertEquals([made.code, made.stderr], [0, ""]);
  assertEquals(await vm("start", "-d", "again"), { code: 0, stdout: "again\n", stderr: "" });
  const restarted = async (): Promise<number> => (await home.status("again")).live?.restarts ?? 0;
  for (const end = Date.now() + 60_000; Date.now() < end && await restarted() < 2;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assertTrue(await restarted() >= 2);
  assertTrue((await vm("logs", "again")).stdout.startsWith("try\ntry\n"));
  assertEquals((await vm("stop", "-t", "1", "again")).code, 0);
  assertEquals((await vm("delete", "again")).code, 0);
});

Deno.test("two starts at once start one VM", async () => {
  await vm("stop");
  const all = await Promise.all([vm("start", "-d"), vm("start", "-d"), vm("exec", "true")]);
  assertEquals(all.map(({ code }) => code), [0, 0, 0]);
  assertEquals(supervisors((await home.status("default")).id).length, 1);
});

Deno.test("SMOLVM_ENGINE decides for a machine that names no engine, when it is started", async () => {
  await vm("stop");
  const { code, stderr } = await home.run(["vm", "exec", "true"], { env: { SMOLVM_ENGINE: "steam" } });
  assertEquals(code, 125);
  assertMatch(
    stderr,
    /cannot use SMOLVM_ENGINE "steam": there is no such choice; give one of auto, krun, qemu/,
  );
  assertEquals((await sh("echo up")).stdout, "up\n");
});

Deno.test("what is too much for a request is refused in one line, whatever else is not", async () => {
  // Linux lets smolvm itself have them, and leaves no room for what the agent adds.
  const long = [...Array.from({ length: 31 }, () => "x".repeat(65_536)), "x".repeat(60_000)];
  const exec = await vm("exec", "echo", ...long);
  assertEquals([exec.code, exec.stderr.split("\n").length], [125, 2]);
  assertMatch(
    exec.stderr,
    /^smolvm: cannot run echo: its arguments and variables take \d+ bytes, and Linux allows 2097152 in all/,
  );
  const labels = Array.from({ length: 64 }, (_, index) => ["--label", `key${index}=${"v".repeat(1_000)}`]);
  assertEquals((await vm("create", "--name", "labels", ...labels.flat())).code, 0);
  assertMatch((await vm("ls", "-v")).stdout, /label +key63=v{1000}\n/);
  assertEquals((await vm("delete", "-f", "labels")).code, 0);
});

Deno.test("a machine holds no file of whoever started it", async () => {
  await vm("stop");
  // Ends when nobody holds the write end of descriptor 9's pipe any more.
  const script = `{ ${BINARY} vm start -d 9>&1 >/dev/null; } | cat; ${BINARY} vm stop`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script], clearEnv: true, env: home.env() })
    .output();
  assertEquals(new TextDecoder().decode(stdout), "default\n");
});

Deno.test("another user reaches neither socket nor state", async () => {
  await vm("create", "--name", "logged", "alpine", "echo", "said");
  await vm("start", "logged");
  await home.run(["container", "create", "default", "alpine", "true"]);
  await sh("true");
  const open: string[] = [];
  const files: string[] = [];
  for (const folder of ["run", "data"]) {
    walk(`${home.path}/${folder}`, (path, mode) => {
      files.push(path);
      if ((mode & 0o77) !== 0) open.push(path);
    });
  }
  // An image's disk is as readable as the folders above it allow.
  assertEquals(open.filter((path) => !path.includes("/data/images/")), []);
  for (
    const name of ["storage.ext4", "log", "console", "machine.json", "container.json", "machines.db", ".sock"]
  ) {
    assertTrue(files.some((path) => path.endsWith(name)), name);
  }
  Deno.chmodSync(home.path, 0o755);
  const script = `import socket, sys
reached = []
for path in sys.argv[1:]:
    try:
        if path.endswith(".sock"): socket.socket(socket.AF_UNIX).connect(path)
        else: open(path)
        reached.append(path)
    except PermissionError: pass
print(reached)`;
  const { stdout, stderr } = await new Deno.Command("/usr/bin/python3", {
    args: ["-c", script, ...files],
    cwd: "/",
    uid: 65534,
    gid: 65534,
  }).output();
  assertEquals(new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr), "[]\n");
  await vm("delete", "-f", "logged");
});

/** Calls back for everything below a folder. */
function walk(folder: string, found: (path: string, mode: number) => void): void {
  for (const { name } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    const { mode, isDirectory, isSymlink } = Deno.lstatSync(path);
    // Linux gives every symbolic link the mode 0777 and never asks for it (symlink(7)).
    if (!isSymlink) found(path, mode ?? 0);
    if (isDirectory) walk(path, found);
  }
}

function supervisors(id: string): number[] {
  return processesWith(`_supervise\0${id}`);
}
