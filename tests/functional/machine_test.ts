/**
 * Machines that stay, as a user meets them: the built binary, real VMs, one home for the file.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { type Ended, eventually, Home, processesWith } from "../harness/smolvm.ts";

const home = new Home();
globalThis.addEventListener("unload", () => {
  for (const pid of processesWith(`${home.path}/`)) Deno.kill(pid, "SIGKILL");
  Deno.removeSync(home.path, { recursive: true });
});

function vm(...args: string[]): Promise<Ended> {
  return home.run(["microvm", ...args]);
}

/** Runs a script in the default machine's shell. */
function sh(script: string): Promise<Ended> {
  return vm("exec", "sh", "-c", script);
}

interface Shown {
  readonly name: string;
  readonly id: string;
  readonly state: string;
  readonly exitCode?: number | null;
  readonly reason?: string;
  readonly live?: { readonly supervisor: number; readonly vmm: number; readonly restarts: number };
}

async function status(name: string): Promise<Shown> {
  const { stdout, stderr } = await vm("status", "--json", name);
  assertEquals(stderr, "");
  return JSON.parse(stdout);
}

/** What is on a machine's disk is whole: nothing was lost on the way down. */
async function assertCleanDisk(id: string): Promise<void> {
  const disk = `${home.path}/data/machines/${id}/storage.ext4`;
  const { success, stdout } = await new Deno.Command("e2fsck", { args: ["-fn", disk] }).output();
  assertTrue(success, new TextDecoder().decode(stdout));
}

Deno.test("exec makes and starts the default machine, and uses it again", async () => {
  assertEquals(await vm("exec", "echo", "First"), { code: 0, stdout: "First\n", stderr: "" });
  const first = await status("default");
  assertEquals(await vm("exec", "echo", "Second"), { code: 0, stdout: "Second\n", stderr: "" });
  assertEquals((await status("default")).live?.vmm, first.live?.vmm);
  assertMatch((await sh("cat /etc/os-release")).stdout, /Alpine Linux v3\.23/);
  assertMatch((await sh("ls /storage")).stdout, /lost\+found/);
});

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
  const all = await Promise.all(Array.from({ length: 32 }, (_, index) => vm("exec", "echo", `${index}`)));
  assertEquals(
    all,
    Array.from({ length: 32 }, (_, index) => ({ code: 0, stdout: `${index}\n`, stderr: "" })),
  );
});

Deno.test("what is written to the root survives a stop; stopping twice is fine", async () => {
  await sh("echo kept > /root/kept; ln -s kept /root/link; mkdir /opt/new; rm /etc/motd");
  assertEquals((await vm("stop")).code, 0);
  const { id, state } = await status("default");
  assertEquals(state, "stopped");
  await assertCleanDisk(id);
  assertEquals(await vm("stop"), {
    code: 0,
    stdout: "default\n",
    stderr: "smolvm: default is not running\n",
  });
  assertEquals(processesWith(`${home.path}/`), []);
  assertEquals(
    (await sh("cat /root/link; ls -d /opt/new; ls /etc/motd 2>/dev/null")).stdout,
    "kept\n/opt/new\n",
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
  assertEquals((await status("twin")).state, "created");
  assertEquals((await vm("delete", "-f", "twin")).code, 0);
  assertEquals((await vm("status", "twin")).stderr.startsWith("smolvm: cannot find the machine twin"), true);
});

Deno.test("a machine of an image runs its command: output in the log, code in its status, files kept", async () => {
  const script = "echo run >> /runs; wc -l < /runs; echo problem >&2; exit 3";
  assertEquals((await vm("create", "--name", "job", "alpine", "sh", "-c", script)).code, 0);
  assertEquals(await vm("start", "job"), { code: 3, stdout: "1\n", stderr: "problem\n" });
  assertEquals(await vm("start", "job"), { code: 3, stdout: "2\n", stderr: "problem\n" });
  assertEquals([(await status("job")).state, (await status("job")).exitCode], ["stopped", 3]);
  const logs = await vm("logs", "job");
  assertEquals([logs.stdout, logs.stderr], ["1\n2\n", "problem\nproblem\n"]);
  assertEquals((await vm("logs", "--tail", "1", "job")).stderr, "problem\n");
  assertMatch((await vm("logs", "--timestamps", "job")).stdout, /^\d{4}-\d\d-\d\dT[\d:.]+Z 1\n/);
  await assertCleanDisk((await status("job")).id);
  await vm("delete", "-f", "job");
});

Deno.test("start -d, stop with the image's signal, and a start in the foreground that Ctrl-C stops", async () => {
  const script = "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.1; done";
  await vm("create", "--name", "svc", "alpine", "sh", "-c", script);
  assertEquals(await vm("start", "-d", "svc"), { code: 0, stdout: "svc\n", stderr: "" });
  assertEquals((await vm("start", "-d", "svc")).stderr, "smolvm: svc is running already\n");
  const refused = await vm("delete", "svc");
  assertEquals([refused.code, /running/.test(refused.stderr)], [125, true]);
  assertEquals((await vm("stop", "svc")).code, 0);
  assertEquals((await status("svc")).exitCode, 5);
  const child = home.start(["vm", "start", "svc"]);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("up\n")) text += (await reader.read()).value ?? "";
  child.kill("SIGINT");
  assertEquals((await child.status).code, 5);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  await vm("delete", "-f", "svc");
});

Deno.test("a command that cannot run fails the start with its own code, and the status says why", async () => {
  await vm("create", "--name", "broken", "alpine", "/no/such/program");
  const { code, stderr } = await vm("start", "broken");
  assertEquals(code, 127);
  assertMatch(stderr, /no such file or directory/);
  assertEquals((await status("broken")).state, "failed");
  await vm("delete", "-f", "broken");
});

Deno.test("--restart brings a failed command back, and counts", async () => {
  await vm(
    "create",
    "--name",
    "again",
    "--restart",
    "on-failure",
    "alpine",
    "sh",
    "-c",
    "echo try; sleep 0.2; exit 1",
  );
  assertEquals((await vm("start", "-d", "again")).code, 0);
  const restarted = async (): Promise<number> => (await status("again")).live?.restarts ?? 0;
  for (const end = Date.now() + 60_000; Date.now() < end && await restarted() < 2;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assertTrue(await restarted() >= 2);
  assertTrue((await vm("logs", "again")).stdout.startsWith("try\ntry\n"));
  assertEquals((await vm("stop", "-t", "1", "again")).code, 0);
  assertEquals((await vm("delete", "again")).code, 0);
});

for (const victim of ["supervisor", "vmm"] as const) {
  Deno.test(`kill -9 of the ${victim} leaves nothing behind, and what was synced is there`, async () => {
    await sh(`echo ${victim} > /root/synced; sync`);
    const before = await status("default");
    Deno.kill(before.live?.[victim] ?? 0, "SIGKILL");
    assertTrue(await eventually(() => remaining(before.id).length === 0, 5_000));
    const after = await status("default");
    assertEquals(after.state, "failed");
    assertTrue((after.reason ?? "") !== "");
    assertEquals((await sh("cat /root/synced")).stdout, `${victim}\n`);
    await vm("stop");
    await assertCleanDisk(before.id);
  });
}

Deno.test("power-off from inside is an end like another", async () => {
  await sh("echo off > /root/synced; sync; reboot -f");
  assertTrue(await eventually(() => processesWith(`${home.path}/`).length === 0, 10_000));
  assertEquals((await sh("cat /root/synced")).stdout, "off\n");
});

Deno.test("two starts at once start one VM", async () => {
  await vm("stop");
  const all = await Promise.all([vm("start", "-d"), vm("start", "-d"), vm("exec", "true")]);
  assertEquals(all.map(({ code }) => code), [0, 0, 0]);
  assertEquals(supervisors((await status("default")).id).length, 1);
});

Deno.test("a damaged table is put aside, and the machines are found again", async () => {
  await vm("stop");
  Deno.writeTextFileSync(`${home.path}/data/machines.db`, "this is no database");
  assertEquals((await vm("ls", "-q")).stdout, "default\n");
  assertEquals((await sh("cat /root/synced")).stdout, "off\n");
  assertTrue([...Deno.readDirSync(`${home.path}/data`)].some(({ name }) => name.includes(".damaged-")));
});

Deno.test("another user reaches neither socket nor state", async () => {
  for (const folder of ["run", "data", "data/machines"]) {
    assertEquals((Deno.statSync(`${home.path}/${folder}`).mode ?? 0) & 0o77, 0);
  }
  const { id } = await status("default");
  Deno.chmodSync(home.path, 0o755);
  const socket = `${home.path}/run/${id}.sock`;
  const script = `import socket; socket.socket(socket.AF_UNIX).connect("${socket}")`;
  const { success, stderr } = await new Deno.Command("/usr/bin/python3", {
    args: ["-c", script],
    cwd: "/",
    uid: 65534,
    gid: 65534,
  })
    .output();
  assertEquals(success, false);
  assertMatch(new TextDecoder().decode(stderr), /PermissionError/);
});

function supervisors(id: string): number[] {
  return processesWith(`_supervise\0${id}`);
}

/** Processes of a machine: its VMM and its supervisor. */
function remaining(id: string): number[] {
  return [...processesWith(`${home.path}/`), ...supervisors(id)];
}
