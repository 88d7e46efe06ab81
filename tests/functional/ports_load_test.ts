/**
 * Published ports under load: connections one after the other, many at once, idle ones, and clients that leave; what was
 * held for them is given back. With SMOLVM_TEST_LOAD=full as many as is promised, which takes a quarter of an hour under
 * emulation (deno task test:soak).
 *
 * @module
 */
import { assertEquals, assertTrue } from "../harness/assert.ts";
import { compileC } from "../harness/compile_c.ts";
import { MachineHome } from "../harness/machine_home.ts";
import { eventually } from "../harness/smolvm.ts";
import { slowness } from "../harness/slowness.ts";

const home = new MachineHome();
home.removeAtUnload();

const full = Deno.env.get("SMOLVM_TEST_LOAD") === "full";
const [IN_SEQUENCE, AT_ONCE, IDLE] = full ? [10_000, 1_000, 200] as const : [60, 40, 10] as const;

/** What one client reads. */
const ANSWER_BYTES = 100_000;

const programs = `${home.path}/programs`;
Deno.mkdirSync(programs);
await compileC(new URL("ports/server.c", import.meta.url).pathname, `${programs}/server`, ["-static", "-O2"]);

/** What the server sends for a path `/COUNT`, with its header (ports/server.c). */
function answerOf(count: number): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`HTTP/1.1 200 OK\r\nContent-Length: ${count}\r\n\r\n`);
  const body = Uint8Array.from({ length: count }, (_, at) => at * 7 + Math.floor(at / 256));
  return new Uint8Array([...head, ...body]);
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

let port = 0;

/** Asks for so many bytes, reads to the end, and gives their digest. */
async function ask(count: number): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`GET /${count} HTTP/1.1\r\nConnection: close\r\n\r\n`));
  return await digest(await new Response(connection.readable).bytes());
}

interface Held {
  readonly supervisor: number;
  readonly agent: number;
  readonly agentBytes: number;
}

let supervisor = 0;

/** Descriptors of supervisor and agent, and the agent's anonymous memory. */
async function held(): Promise<Held> {
  const script = "ls /proc/1/fd | wc -l; grep RssAnon /proc/1/status | tr -dc 0-9";
  const [agent, kibibytes] = (await home.sh("web", script)).stdout.split("\n").map(Number);
  const own = [...Deno.readDirSync(`/proc/${supervisor}/fd`)].length;
  return { supervisor: own, agent: agent ?? 0, agentBytes: (kibibytes ?? 0) * 1024 };
}

let before: Held;

/** After a load the descriptors are those from before. */
async function assertGivenBack(): Promise<void> {
  assertTrue(
    await eventually(
      () => [...Deno.readDirSync(`/proc/${supervisor}/fd`)].length <= before.supervisor,
      20_000,
    ),
    "the supervisor keeps descriptors",
  );
  let after = await held();
  for (let tries = 0; tries < 20 && after.agent !== before.agent; tries++) after = await held();
  assertEquals(after.agent, before.agent);
}

Deno.test("connections one after the other bring every byte, and leave nothing", async () => {
  const words = ["-p", "80", "-v", `${programs}:/programs:ro`, "alpine", "/programs/server", "80"];
  assertEquals((await home.vm("create", "--name", "web", ...words)).code, 0);
  assertEquals((await home.vm("start", "-d", "web")).code, 0);
  const status = JSON.parse((await home.vm("status", "--json", "web")).stdout);
  port = status.ports[0].host;
  supervisor = status.live.supervisor;
  const expected = await digest(answerOf(10));
  for (const end = performance.now() + 20_000 * slowness; await ask(10).catch(String) !== expected;) {
    assertTrue(performance.now() < end, "no server");
  }
  before = await held();
  for (let index = 0; index < IN_SEQUENCE; index++) assertEquals(await ask(10), expected);
  await assertGivenBack();
});

Deno.test("many at once are answered beside idle ones, byte for byte", async () => {
  const idle = await Promise.all(
    Array.from({ length: IDLE }, () => Deno.connect({ hostname: "127.0.0.1", port })),
  );
  const expected = await digest(answerOf(ANSWER_BYTES));
  const got = await Promise.all(Array.from({ length: AT_ONCE }, () => ask(ANSWER_BYTES)));
  assertEquals(got.filter((one) => one !== expected), []);
  // The idle ones are still somebody's.
  for (const connection of idle) {
    await connection.write(new TextEncoder().encode("GET /3 HTTP/1.1\r\nConnection: close\r\n\r\n"));
    assertEquals(await digest(await new Response(connection.readable).bytes()), await digest(answerOf(3)));
  }
  await assertGivenBack();
});

Deno.test("clients that leave in the middle of an answer leave nothing, and the agent is as small as before", async () => {
  for (let index = 0; index < AT_ONCE; index++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode("GET /10000000 HTTP/1.1\r\n\r\n"));
    if (index % 2 === 0) await connection.read(new Uint8Array(1000));
    connection.close();
  }
  await assertGivenBack();
  const { agentBytes } = await held();
  // What V8 keeps of its heap is given back when it is idle for a while (agent/session/give_back.ts).
  assertTrue(agentBytes < before.agentBytes + 4e6, `${agentBytes} bytes, and ${before.agentBytes} before`);
  assertEquals((await home.vm("delete", "-f", "web")).code, 0);
});
