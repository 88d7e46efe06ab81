import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { type GuestPlay, StandInEngine, type StandInProgram } from "../../tests/harness/stand_in_vm.ts";
import { RunningVm } from "../vm/running_vm.ts";
import { Channel } from "../wire/stream.ts";
import { joinSession, type SessionStreams } from "./session_streams.ts";

/** A session with a program that a test plays. */
async function open(streams: Partial<SessionStreams>, play: GuestPlay = {}) {
  const engine = new StandInEngine(play);
  const vm = await RunningVm.boot(engine, plainVm, { hostname: "vm" });
  const stdin = streams.stdin !== undefined;
  const words = { argv: ["cat"], env: [], cwd: "", user: "", timeoutMilliseconds: 0 };
  const stream = vm.open({ kind: "exec", ...words, stdin });
  const nowhere = (): Promise<void> => Promise.resolve();
  let started = 0;
  const session = joinSession(stream, { stdout: nowhere, stderr: nowhere, ...streams }, () => started++);
  session.catch(() => {});
  await settled();
  return { vm, session, program: engine.vmm.program, engine, started: () => started };
}

/** A sink that keeps what it gets. */
function keep() {
  const kept = { text: "", sink: (bytes: Uint8Array) => Promise.resolve(void (kept.text += decode(bytes))) };
  return kept;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function readAll(program: StandInProgram): Promise<string> {
  let text = "";
  const { stream } = program;
  for (let part = await stream.read(Channel.stdin); part; part = await stream.read(Channel.stdin)) {
    text += decode(part);
  }
  return text;
}

Deno.test("joinSession() carries both outputs apart, and yields the last event behind all of them", async () => {
  const [out, err] = [keep(), keep()];
  const { vm, session, program, started } = await open({ stdout: out.sink, stderr: err.sink });
  await using _vm = vm;
  await program.prints("a");
  await program.prints("b", Channel.stderr);
  await program.prints("c");
  program.exits(3);
  const end = await session;
  assertEquals([end?.kind === "exited" && end.code, out.text, err.text, started()], [3, "ac", "b", 1]);
});

Deno.test("joinSession() passes stdin on to its end", async () => {
  const stdin = new Blob(["one ", "two"]).stream();
  const { vm, session, program } = await open({ stdin });
  await using _vm = vm;
  assertEquals(await readAll(program), "one two");
  program.exits(0);
  await session;
});

Deno.test("joinSession() reads stdin no faster than the program takes it, and no further than its end", async () => {
  let [read, canceled] = [0, false];
  const stdin = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      read += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel: () => void (canceled = true),
  }, { highWaterMark: 0 });
  const { vm, session, program } = await open({ stdin });
  await using _vm = vm;
  await settled();
  assertTrue(read > 0 && read <= 512 * 1024, `${read} bytes were read for a program that takes none`);
  program.exits(0);
  await session;
  await settled();
  assertEquals(canceled, true);
});

Deno.test("joinSession() writes no faster than the sink takes it", async () => {
  let [taken, go] = [0, () => {}];
  const { vm, session, program } = await open({
    stdout: (bytes) => {
      taken += bytes.length;
      return new Promise<void>((resolve) => go = resolve);
    },
  });
  await using _vm = vm;
  const written = program.prints("x".repeat(1 << 20)).then(() => program.exits(0));
  await settled();
  const first = taken;
  assertTrue(first > 0 && first <= 256 * 1024, `${first} bytes came before the first was taken`);
  const timer = setInterval(() => go(), 0);
  await written;
  await session;
  clearInterval(timer);
  assertEquals(taken, 1 << 20);
});

Deno.test("joinSession() fails when a sink does", async () => {
  const { vm, session, program } = await open({ stdout: () => Promise.reject(new Error("nobody reads")) });
  await using _vm = vm;
  await program.prints("x");
  assertEquals((await assertRejects(() => session, Error)).message, "nobody reads");
});

Deno.test("joinSession() yields no event for a session that was cut off, or whose VM is gone", async () => {
  for (const cut of ["session", "vm"]) {
    const { vm, session, program, engine } = await open({});
    await using _vm = vm;
    if (cut === "vm") engine.vmm.ends(1);
    else program.stream.reset("the agent is confused");
    assertEquals(await session, undefined);
  }
});
