import { createHash } from "node:crypto";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { residentBytes, watchMemory } from "../harness/memory.ts";
import { slowness } from "../harness/slowness.ts";
import { Home, processesWith } from "../harness/smolvm.ts";

const MIB = 1 << 20;

/** What is sent each way: 1 GiB in the soak, little where everything takes 20 to 50 times as long. */
const LARGE = Number(Deno.env.get("SMOLVM_TEST_STREAM_MIB") ?? (slowness > 1 ? 32 : 192)) * MIB;

/** How much a process that only passes bytes on may grow meanwhile. */
const GROWTH = 64 * MIB;

/** How long a process may grow to what it needs by itself. */
const SETTLE_MILLISECONDS = 500 * slowness;

const home = new Home();

Deno.test.afterAll(async () => {
  await home.run(["vm", "stop"]);
  await home[Symbol.asyncDispose]();
});

/** Anonymous memory of the agent, in bytes. */
async function agentBytes(): Promise<number> {
  const { stdout } = await home.run(["vm", "exec", "grep", "RssAnon", "/proc/1/status"]);
  return Number(/(\d+) kB/.exec(stdout)?.[1]) * 1024;
}

/** Memory before, and how much it grew, of the CLI, the supervisor and the agent, while bytes pass. */
async function growthDuring(
  args: readonly string[],
  use: (child: Deno.ChildProcess) => Promise<void>,
): Promise<{ cli: number; supervisor: number; agent: number }> {
  const before = await agentBytes();
  const own = home.processes();
  const [supervisor = 0] = processesWith("_supervise").filter((pid) => own.includes(pid));
  using supervisorMemory = watchMemory(supervisor, SETTLE_MILLISECONDS);
  const child = home.start(args, { stdin: "piped" });
  using cliMemory = watchMemory(child.pid, SETTLE_MILLISECONDS);
  await use(child);
  assertEquals((await child.status).code, 0);
  const agent = await agentBytes() - before;
  return { cli: cliMemory.growth(), supervisor: supervisorMemory.growth(), agent };
}

function assertFlat(growth: Record<string, number>): void {
  for (const [who, bytes] of Object.entries(growth)) {
    assertTrue(bytes < GROWTH, `the ${who} grew by ${(bytes / MIB).toFixed(0)} MiB`);
  }
}

Deno.test("what a program writes passes with flat memory everywhere", async () => {
  const growth = await growthDuring(
    ["vm", "exec", "dd", "if=/dev/zero", "bs=64k", `count=${LARGE / 65_536}`],
    async (child) => {
      await child.stdin.close();
      let bytes = 0;
      for await (const part of child.stdout) bytes += part.length;
      assertEquals(bytes, LARGE);
      assertMatch(await new Response(child.stderr).text(), /copied/);
    },
  );
  assertFlat(growth);
});

Deno.test("what a program reads passes with flat memory everywhere", async () => {
  const growth = await growthDuring(["vm", "exec", "-i", "dd", "of=/dev/null", "bs=64k"], async (child) => {
    const writer = child.stdin.getWriter();
    const piece = new Uint8Array(MIB);
    for (let sent = 0; sent < LARGE; sent += MIB) await writer.write(piece);
    await writer.close();
    assertEquals(await new Response(child.stdout).text(), "");
    assertMatch(await new Response(child.stderr).text(), new RegExp(`^${LARGE} bytes .* copied`, "m"));
  });
  assertFlat(growth);
});

Deno.test("a program nobody reads is held back, and nothing of it gathers on the way", async () => {
  const child = home.start(["vm", "exec", "sh", "-c", "echo ready >&2; exec cat /dev/zero"]);
  const errors = child.stderr.getReader();
  await errors.read();
  const resident = residentBytes(child.pid);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const grown = residentBytes(child.pid) - resident;
  child.kill("SIGKILL");
  await Promise.all([child.status, child.stdout.cancel(), errors.cancel()]);
  assertTrue(grown < GROWTH, `it grew by ${(grown / MIB).toFixed(0)} MiB`);
});

Deno.test("bytes come back unchanged when both directions are busy, in pieces of any size", async () => {
  const size = (slowness > 1 ? 4 : 32) * MIB;
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  const child = home.start(["vm", "run", "-i", "alpine", "cat"], { stdin: "piped" });
  const fed = (async () => {
    const writer = child.stdin.getWriter();
    for (let at = 0, piece = 1; at < size; at += piece, piece = (piece * 7 + 1) % 300_000) {
      await writer.write(bytes.subarray(at, at + piece));
    }
    await writer.close();
  })();
  const hash = createHash("sha256");
  for await (const part of child.stdout) hash.update(part);
  await fed;
  assertEquals(await new Response(child.stderr).text(), "");
  assertEquals(hash.digest("hex"), createHash("sha256").update(bytes).digest("hex"));
  assertEquals((await child.status).code, 0);
});
