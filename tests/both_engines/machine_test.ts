/**
 * The life of a machine on every engine: made, started, used, stopped with its files kept, with a command of its
 * own, and ended by its kernel.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { type Ended, processesWith } from "../harness/smolvm.ts";

const home = new MachineHome();
home.removeAtUnload();

function vm(...args: string[]): Promise<Ended> {
  return home.vm(...args);
}

/** Runs a script in the default machine's shell. */
function sh(script: string): Promise<Ended> {
  return vm("exec", "sh", "-c", script);
}

Deno.test("exec makes and starts the default machine, and uses it again", async () => {
  assertEquals(await vm("exec", "echo", "First"), { code: 0, stdout: "First\n", stderr: "" });
  const first = await home.status("default");
  assertEquals(await vm("exec", "echo", "Second"), { code: 0, stdout: "Second\n", stderr: "" });
  assertEquals((await home.status("default")).live?.vmm, first.live?.vmm);
  assertMatch((await sh("cat /etc/os-release")).stdout, /Alpine Linux v3\.23/);
  assertMatch((await sh("ls /storage")).stdout, /lost\+found/);
});

Deno.test("what is written to the root survives a stop; stopping twice is fine", async () => {
  await sh("echo kept > /root/kept; ln -s kept /root/link; mkdir /opt/new; rm /etc/motd");
  assertEquals((await vm("stop")).code, 0);
  const { id, state } = await home.status("default");
  assertEquals(state, "stopped");
  await home.assertCleanDisk(id);
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

Deno.test("a machine of an image runs its command: output in the log, code in its status, files kept", async () => {
  const script = "echo run >> /runs; wc -l < /runs; echo problem >&2; exit 3";
  assertEquals((await vm("create", "--name", "job", "alpine", "sh", "-c", script)).code, 0);
  assertEquals(await vm("start", "job"), { code: 3, stdout: "1\n", stderr: "problem\n" });
  assertEquals(await vm("start", "job"), { code: 3, stdout: "2\n", stderr: "problem\n" });
  assertEquals([(await home.status("job")).state, (await home.status("job")).exitCode], ["stopped", 3]);
  const logs = await vm("logs", "job");
  assertEquals([logs.stdout, logs.stderr], ["1\n2\n", "problem\nproblem\n"]);
  assertEquals((await vm("logs", "--tail", "1", "job")).stderr, "problem\n");
  assertMatch((await vm("logs", "--timestamps", "job")).stdout, /^\d{4}-\d\d-\d\dT[\d:.]+Z 1\n/);
  await home.assertCleanDisk((await home.status("job")).id);
  await vm("delete", "-f", "job");
});

Deno.test("a kernel that panics is 125 with what it said, for who waits and for who asks later", async () => {
  // Little memory is full sooner.
  assertEquals((await vm("create", "--name", "small", "--mem", "128")).code, 0);
  const { code, stderr } = await home.sh("small", "echo 2 > /proc/sys/vm/panic_on_oom; exec tail /dev/zero");
  assertEquals(code, 125);
  assertMatch(
    stderr,
    /^smolvm: cannot run sh: the guest's kernel panicked \(Out of memory: .*\); look at smolvm microvm logs --console small\n$/,
  );
  let state = { state: "", reason: "" };
  for (const end = Date.now() + 10_000; state.state !== "failed" && Date.now() < end;) {
    state = JSON.parse((await home.run(["vm", "status", "--json", "small"])).stdout);
  }
  assertMatch(
    state.reason,
    /^the guest's kernel panicked \(Out of memory: .*\); last lines of its console:\n.*Kernel panic - not syncing/s,
  );
  assertMatch(
    (await vm("logs", "--console", "small")).stdout,
    /Kernel panic - not syncing: Out of memory/,
  );
  assertEquals((await home.sh("small", "echo again")).stdout, "again\n");
});
