/**
 * The launcher on this host, without a VM: what it does between fork and exec, and what it says when a step
 * fails. Needs root for the steps that a user may not take.
 *
 * @module
 */
import { launch, type Launched } from "../../agent/process/spawn.ts";
import { startReaper, stopReaper } from "../../agent/process/reaper.ts";
import type { Step } from "../../agent/launch/plan.ts";
import { Descriptor, OpenMode } from "../../agent/syscalls/descriptor.ts";
import { guestOf, targetName, thisTarget } from "../../src/target.ts";
import { assertEquals, assertMatch } from "../harness/assert.ts";

const LAUNCHER =
  new URL(`../../.cache/build/${targetName(guestOf(thisTarget))}/smolvm-launch`, import.meta.url).pathname;
const root = Deno.uid() === 0;

/** Launches steps and collects what the program writes. */
async function run(
  steps: readonly Step[],
): Promise<{ launched: Launched; output: string; code: number | null }> {
  using nothing = Descriptor.open("/dev/null", OpenMode.readWrite);
  const out = Descriptor.pipe("read");
  using reader = out.read;
  const launched = await launch(steps, { stdin: nothing, stdout: out.write, stderr: out.write }, LAUNCHER);
  out.write.close();
  const buffer = new Uint8Array(65_536);
  let output = "";
  for (let count = await reader.read(buffer); count !== null; count = await reader.read(buffer)) {
    output += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return { launched, output, code: launched.ok ? (await launched.exit).code : null };
}

function sh(script: string): Step {
  return { op: "exec", argv: ["sh", "-c", script], env: ["PATH=/usr/bin:/bin", "A=b c"] };
}

function test(name: string, fn: () => Promise<void>, options: { ignore?: boolean } = {}): void {
  Deno.test({
    name,
    ...options,
    // The reactor's one wait goes on from test to test, as it does in the agent.
    sanitizeOps: false,
    fn: async () => {
      startReaper();
      try {
        await fn();
      } finally {
        stopReaper();
      }
    },
  });
}

test("launch executes with the given environment, default signals, and nothing else open", async () => {
  const { output, code } = await run([
    sh('echo "$A $#"; ls /proc/self/fd | wc -l; grep -E "Sig(Blk|Ign)" /proc/self/status; exit 7'),
  ]);
  assertEquals(code, 7);
  const [first, descriptors, ...signals] = output.trim().split("\n");
  assertEquals(first, "b c 0");
  // 0, 1, 2 and the one that lists them.
  assertEquals(descriptors, "4");
  assertEquals(signals, ["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"]);
});

test("launch tells a missing program from one that may not be executed", async () => {
  const missing = await run([{ op: "exec", argv: ["no-such-program"], env: ["PATH=/bin"] }]);
  assertEquals(missing.launched, { ok: false, errno: 2, step: "exec", op: "exec" });
  const forbidden = await run([{ op: "exec", argv: ["/etc/passwd"], env: [] }]);
  assertEquals(forbidden.launched, { ok: false, errno: 13, step: "exec", op: "exec" });
});

test("launch names the step that failed", async () => {
  const { launched } = await run([{ op: "setsid" }, { op: "chdir", path: "/no/such/folder" }, sh("true")]);
  assertEquals(launched, { ok: false, errno: 2, step: "chdir /no/such/folder", op: "chdir" });
});

test("launch makes the program a child of its caller and process 1 of a namespace", async () => {
  const { output, code } = await run([
    { op: "unshare", flags: 0x2000_0000 | 0x0002_0000 },
    { op: "fork" },
    { op: "mount", source: "", target: "/", type: "", flags: 16_384 | 1 << 18 },
    { op: "mount", source: "proc", target: "/proc", type: "proc", flags: 0 },
    sh('echo "$$"; ls -d /proc/[0-9]* | head -1'),
  ]);
  assertEquals([code, output], [0, "1\n/proc/1\n"]);
}, { ignore: !root });

test("launch as init reaps orphans, passes the code on, and outlives none of them", async () => {
  const { output, code } = await run([
    { op: "unshare", flags: 0x2000_0000 },
    { op: "fork" },
    { op: "init" },
    sh('(sleep 0.1; echo orphan) & echo "$PPID $$"; sleep 0.3; exit 5'),
  ]);
  assertEquals(code, 5);
  assertMatch(output, /^1 2\norphan\n$/);
}, { ignore: !root });

test("launch drops privileges: ids, groups, capabilities, limits, umask", async () => {
  const { output } = await run([
    { op: "rlimit", resource: 7, soft: 100n, hard: 200n },
    { op: "umask", mask: 0o027 },
    { op: "bounding", capabilities: 0xa80425fbn },
    { op: "ids", uid: 1234, gid: 99, groups: [5, 6] },
    sh("id -u; id -G; umask; ulimit -n; grep CapBnd /proc/self/status; grep CapEff /proc/self/status"),
  ]);
  assertEquals(output.split("\n"), [
    "1234",
    "99 5 6",
    "0027",
    "100",
    "CapBnd:\t00000000a80425fb",
    "CapEff:\t0000000000000000",
    "",
  ]);
}, { ignore: !root });
