import { assertEquals, assertMatch, assertTrue } from "../../tests/harness/assert.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { StandInMachine, type StandInOptions } from "../../tests/harness/stand_in_machine.ts";
import { plainCommand } from "../../tests/harness/plain_command.ts";
import {
  NOT_HERE,
  type SupervisorEvent,
  type SupervisorMessages,
  type SupervisorRequest,
} from "../supervisor_protocol/messages.ts";
import { serveSession } from "./sessions.ts";
import { joinSession } from "../session/session_streams.ts";
import type { ClientLink } from "../wire/client_link.ts";

const exec = {
  kind: "exec",
  argv: ["sh"],
  env: [],
  cwd: "",
  user: "",
  stdin: false,
  timeoutMilliseconds: 0,
} as const satisfies SupervisorRequest;

/** A machine whose command runs, and a client's link to it. */
async function reached(options: StandInOptions = {}) {
  const machine = new StandInMachine(options);
  await settled();
  return { machine, link: await machine.connect() };
}

/** The one event that answers a request, or why there is none. */
async function answer(
  link: ClientLink<SupervisorMessages>,
  request: SupervisorRequest,
): Promise<SupervisorEvent | string | undefined> {
  const stream = link.open(request);
  return await stream.nextMessage() ?? (await stream.ended).reason;
}

Deno.test("describe tells the VMM's process and how often the command was started again", async () => {
  const before = Date.now();
  const { machine, link } = await reached({ restart: "always" });
  await using _machine = machine;
  machine.program.exits(0);
  await settled();
  await machine.clock.advance(1_000);
  const event = await answer(link, { kind: "describe" });
  assertTrue(typeof event === "object" && event.kind === "machine");
  assertEquals([event.vmm, event.restarts, event.stopping], [1, 1, false]);
  assertTrue(event.startedAt >= before && event.startedAt <= Date.now());
});

Deno.test("describe tells that a machine is being stopped while its command has time for that", async () => {
  const { machine, link } = await reached({
    program: (program) => {
      program.onSignal = () => {};
      program.runs();
    },
  });
  await using _machine = machine;
  machine.supervisor.stop(300_000);
  const event = await answer(link, { kind: "describe" });
  assertEquals(typeof event === "object" && event.kind === "machine" && event.stopping, true);
  assertEquals(await answer(link, exec), "the machine was stopped");
  assertEquals(await answer(link, { kind: "status" }), { kind: "done" });
  machine.program.exits(0);
});

Deno.test("whoever waits for the command sends it signals", async () => {
  const { machine, link } = await reached();
  await using _machine = machine;
  const heard: number[] = [];
  machine.program.onSignal = (signal) => {
    heard.push(signal);
    if (heard.length === 2) machine.program.exits(7);
  };
  const stream = link.open({ kind: "wait" });
  for (const signal of [10, 28]) stream.send({ kind: "signal", signal });
  const end = await stream.nextMessage();
  assertEquals([heard, end?.kind === "exited" && end.code], [[10, 28], 7]);
});

Deno.test("stop is answered when nothing of the machine is left to be asked", async () => {
  const { machine, link } = await reached();
  await using _machine = machine;
  assertEquals(await answer(link, { kind: "stop", timeoutMilliseconds: 10_000 }), { kind: "stopped" });
  assertEquals(machine.supervisor.vm, undefined);
  link.close();
  assertEquals(await machine.end, { exitCode: 143 });
});

Deno.test("stops of several clients are all answered", async () => {
  const { machine, link } = await reached();
  await using _machine = machine;
  const other = await machine.connect();
  const stop = { kind: "stop", timeoutMilliseconds: 10_000 } as const;
  assertEquals(await Promise.all([answer(link, stop), answer(other, stop)]), [
    { kind: "stopped" },
    { kind: "stopped" },
  ]);
});

Deno.test("wait is answered with the last end of the command, and not with those before a restart", async () => {
  const { machine, link } = await reached({ restart: "on-failure" });
  await using _machine = machine;
  let told: unknown;
  const waited = answer(link, { kind: "wait" }).then((event) => told = event);
  machine.program.exits(1);
  await settled();
  await machine.clock.advance(1_000);
  assertEquals(told, undefined);
  machine.program.exits(0);
  const event = await waited;
  assertEquals(typeof event === "object" && event.kind === "exited" && event.code, 0);
});

Deno.test("wait ends without an event where there is no command, when the machine does", async () => {
  const { machine, link } = await reached({ command: false });
  await using _machine = machine;
  const waited = answer(link, { kind: "wait" });
  machine.supervisor.stop(0);
  assertEquals(await waited, undefined);
});

Deno.test("wait tells why a command never ran", async () => {
  const { machine, link } = await reached({ program: () => {} });
  await using _machine = machine;
  const waited = answer(link, { kind: "wait" });
  machine.program.fails("not found");
  const event = await waited;
  assertEquals(typeof event === "object" && event.kind === "failed" && event.reason, "not found");
});

Deno.test("a program of a client's goes to the guest and back, with its output", async () => {
  const { machine, link } = await reached({ command: false });
  await using _machine = machine;
  let [out, err] = ["", ""];
  const decoder = new TextDecoder();
  const session = joinSession(link.open(exec), {
    stdout: (bytes) => Promise.resolve(void (out += decoder.decode(bytes))),
    stderr: (bytes) => Promise.resolve(void (err += decoder.decode(bytes))),
  });
  await settled();
  const program = machine.engine.vmm.program;
  await program.prints("o");
  await program.prints("e", 2);
  program.exits(3);
  const end = await session;
  assertEquals([end?.kind === "exited" && end.code, out, err], [3, "o", "e"]);
});

Deno.test("enter joins the container that runs by that name, in its folder and as its user, and no other", async () => {
  const [asked, resets]: [unknown[], string[]] = [[], []];
  const command = { ...plainCommand, cwd: "/srv", user: "7" };
  const machine = {
    stopping: false,
    vm: {
      open: (request: unknown) => {
        asked.push(request);
        throw new Error("asked");
      },
    },
    containers: { find: (word: string) => word === "box" ? { id: "0123456789ab", command } : undefined },
  };
  const stream = { reset: (why: string) => void resets.push(why) };
  const enter = async (container: string, own: { cwd: string; user: string }) =>
    await serveSession(stream as never, { ...exec, ...own, kind: "enter", container }, machine as never);
  await enter("box", { cwd: "", user: "" });
  await enter("box", { cwd: "/", user: "root" });
  await enter("web", { cwd: "", user: "" });
  const join = { ...exec, kind: "join", container: "0123456789ab" };
  assertEquals(asked, [{ ...join, cwd: "/srv", user: "7" }, { ...join, cwd: "/", user: "root" }]);
  assertEquals(resets, ["Error: asked", "Error: asked", NOT_HERE]);
});

Deno.test("a client that goes away takes its program with it, and nothing else", async () => {
  const { machine, link } = await reached();
  await using _machine = machine;
  const main = machine.program;
  link.open(exec);
  await settled();
  const { program } = machine;
  link.close();
  assertEquals((await program.stream.ended).reason, "the client is gone");
  await settled();
  assertEquals([main.signals, machine.ready], [[], 1]);
  main.exits(0);
  assertEquals(await machine.end, { exitCode: 0 });
});

Deno.test("a client of a machine whose VM goes away hears why, and where to look", async () => {
  const { machine, link } = await reached({ command: false });
  await using _machine = machine;
  const stream = link.open(exec);
  await settled();
  machine.engine.vmm.panics("Oops");
  assertEquals(
    (await stream.ended).reason,
    "the guest's kernel panicked (Oops); look at smolvm microvm logs --console m",
  );
});

Deno.test("a client of a machine that is stopped hears that, whatever the VM says of its end", async () => {
  const { machine, link } = await reached({ command: false });
  await using _machine = machine;
  const stream = link.open(exec);
  await settled();
  machine.supervisor.stop(0);
  assertEquals((await stream.ended).reason, "the machine was stopped");
});

Deno.test("between two VMs a program is refused, and the machine still describes itself", async () => {
  const { machine, link } = await reached({ restart: "always" });
  await using _machine = machine;
  machine.engine.vmm.ends(1);
  await settled();
  assertEquals(await answer(link, exec), "the VM is starting again");
  const event = await answer(link, { kind: "describe" });
  assertEquals(typeof event === "object" && event.kind === "machine" && event.vmm, 0);
});

Deno.test("what a supervisor cannot do is told with its reason, and ends that session only", async () => {
  const { machine, link } = await reached();
  await using _machine = machine;
  const start = await answer(link, { kind: "start-container", container: "0123456789ab" });
  assertMatch(String(start), /this machine has no containers/);
  // One that does not run is stopped already.
  const stop = { kind: "stop-container", container: "0123456789ab", timeoutMilliseconds: 0 } as const;
  assertEquals(await answer(link, stop), { kind: "done" });
});

Deno.test("a client cannot ask for what is the agent's alone, whatever it sends", async () => {
  const { machine, link } = await reached({ command: false });
  await using _machine = machine;
  const lies = [
    { kind: "poweroff" },
    { kind: "image", image: "a".repeat(64), bytes: 1, sha256: "a".repeat(64) },
    {
      ...exec,
      kind: "container",
      id: "0123456789ab",
      image: "vda",
      hostname: "",
      volumes: [],
      keep: false,
      init: false,
    },
  ];
  for (const lie of lies) {
    const refused = await answer(link, lie as unknown as SupervisorRequest);
    assertMatch(String(refused), /^a message does not fit: kind: /);
  }
  // The link, and the machine, go on.
  const event = await answer(link, { kind: "describe" });
  assertEquals(typeof event === "object" && event.kind, "machine");
});

Deno.test("kill sends any signal to the command, and says that a container does not run", async () => {
  const { machine, link } = await reached();
  await using _machine = machine;
  const heard: number[] = [];
  machine.program.onSignal = (signal) => void heard.push(signal);
  assertEquals(await answer(link, { kind: "kill", signal: 10 }), { kind: "done" });
  assertEquals(heard, [10]);
  const none = await answer(link, { kind: "kill", signal: 9, container: "0123456789ab" });
  assertEquals(none, "it does not run");
  machine.program.exits(0);
});
