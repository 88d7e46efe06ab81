import { assertEquals } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { settled, StandInClock } from "../../tests/harness/stand_in_clock.ts";
import { type GuestPlay, StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import type { ContainerRequest } from "../guest_protocol/messages.ts";
import { OneProgram } from "./one_program.ts";
import { coldBoot } from "./source.ts";

/** A program with a time limit in a VM of its own. */
async function start(timeoutMilliseconds: number, play: GuestPlay = {}) {
  const [engine, clock] = [new StandInEngine(play), new StandInClock()];
  const request: ContainerRequest = {
    kind: "container",
    id: "0123456789ab",
    image: "vdb",
    hostname: "h",
    argv: ["work"],
    env: [],
    cwd: "/",
    user: "",
    stdin: false,
    timeoutMilliseconds,
    volumes: [],
    keep: false,
    init: false,
    memoryBytes: 0,
    pids: 0,
  };
  const sink = (): Promise<void> => Promise.resolve();
  const program = new OneProgram(request, { streams: { stdout: sink, stderr: sink }, clock });
  const vm = await coldBoot(engine, plainVm, { hostname: "h" })();
  await program.start(vm);
  await settled();
  return { program, engine, clock, vm };
}

Deno.test("OneProgram ends with its program, and knows how", async () => {
  const { program, engine, vm } = await start(0);
  await using _vm = vm;
  engine.vmm.program.exits(2);
  assertEquals(await program.ended(), "ended");
  assertEquals(program.end?.kind === "exited" && program.end.code, 2);
  program.close();
});

Deno.test("OneProgram is ended 5 s behind its time limit where the agent does not end it", async () => {
  const { program, clock, vm } = await start(1_000);
  await using _vm = vm;
  let ended: string | undefined;
  void program.ended().then((how) => ended = how);
  await clock.advance(5_999);
  assertEquals(ended, undefined);
  await clock.advance(1);
  assertEquals([ended, program.end?.kind === "exited" && program.end.timedOut], ["ended", true]);
});

Deno.test("OneProgram leaves no timer behind when it ends in time", async () => {
  const { program, engine, clock, vm } = await start(1_000);
  await using _vm = vm;
  engine.vmm.program.exits(0);
  assertEquals(await program.ended(), "ended");
  program.close();
  assertEquals(clock.waiting, 0);
});

Deno.test("OneProgram tells when its session is cut off", async () => {
  const { program, engine, vm } = await start(0);
  await using _vm = vm;
  engine.vmm.program.stream.reset("the agent is confused");
  assertEquals([await program.ended(), program.end], ["cut off", undefined]);
});
