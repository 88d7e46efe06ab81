import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { StandInMachine, type StandInOptions } from "../../tests/harness/stand_in_machine.ts";
import { SmolvmError } from "../error.ts";

/** A command that ignores its stop signal. */
const stubborn: StandInOptions = {
  program: (program) => {
    program.onSignal = () => {};
    program.runs();
  },
};

/** A machine whose command runs. */
async function running(options: StandInOptions = {}): Promise<StandInMachine> {
  const machine = new StandInMachine(options);
  await settled();
  return machine;
}

Deno.test("a machine is ready once its command runs, and ends with it and its code", async () => {
  await using machine = new StandInMachine({ program: () => {} });
  await settled();
  assertEquals(machine.ready, 0);
  machine.program.runs();
  await settled();
  assertEquals(machine.ready, 1);
  await machine.program.prints("a");
  await machine.program.prints("b", 2);
  machine.program.exits(3);
  assertEquals(await machine.end, { exitCode: 3 });
  assertEquals([machine.printed, machine.ready], ["ab", 1]);
  assertTrue(machine.engine.vmm.askedToPowerOff);
});

Deno.test("a machine without a command is ready when it is up, and runs until it is stopped", async () => {
  await using machine = await running({ command: false });
  assertEquals([machine.ready, machine.engine.vmm.programs.length], [1, 0]);
  machine.supervisor.stop(10_000);
  assertEquals(await machine.end, { exitCode: null });
  assertTrue(machine.engine.vmm.askedToPowerOff);
});

Deno.test("a machine says why its command ended when its code does not", async () => {
  await using machine = await running();
  machine.program.dies(9, true);
  assertEquals(await machine.end, { exitCode: 137, failure: "its command ran out of memory" });
});

Deno.test("a machine that does not boot fails to start, and listens on no socket", async () => {
  for (const boots of [["no engine"], ["end"], ["panic", "panic"]] as const) {
    await using machine = new StandInMachine({ boots });
    await assertRejects(() => machine.end, SmolvmError, "cannot start the VM");
    assertEquals([machine.ready, [...Deno.readDirSync(machine.folder)].length], [0, 0]);
  }
});

Deno.test("a machine whose command cannot run fails to start with its code, whatever its restart policy", async () => {
  for (const restart of ["no", "on-failure", "always"] as const) {
    await using machine = new StandInMachine({ restart, program: (program) => program.fails("not found") });
    const error = await assertRejects(
      () => machine.end,
      SmolvmError,
      "cannot start the machine m: work: not found",
    );
    assertEquals([error.kind, error.exitCode, machine.ready], ["process", 127, 0]);
    assertEquals([machine.engine.vmms.length, machine.engine.vmm.programs.length], [1, 1]);
    assertTrue(machine.engine.vmm.askedToPowerOff);
  }
});

Deno.test("a stop sends the stop signal, and the machine ends with what the command makes of it", async () => {
  await using machine = await running({
    program: (program) => {
      program.onSignal = () => program.exits(5);
      program.runs();
    },
  });
  const { program } = machine;
  machine.supervisor.stop(10_000);
  assertEquals(await machine.end, { exitCode: 5 });
  assertEquals(program.signals, [15]);
});

Deno.test("a stop without patience sends no signal, and what the power-off kills has no code", async () => {
  await using machine = await running();
  const { program } = machine;
  machine.supervisor.stop(0);
  assertEquals(await machine.end, { exitCode: null });
  assertEquals([program.signals, machine.engine.vmm.askedToPowerOff], [[], true]);
});

Deno.test("a command that ignores the stop signal is left to the power-off when patience is over", async () => {
  await using machine = await running(stubborn);
  const { program } = machine;
  machine.supervisor.stop(20);
  assertEquals(await machine.end, { exitCode: null });
  assertEquals(program.signals, [15]);
});

Deno.test("of two stops the shorter patience holds, and kills the command", async () => {
  await using machine = await running(stubborn);
  const { program } = machine;
  machine.supervisor.stop(300_000);
  await settled();
  machine.supervisor.stop(1_000);
  await machine.clock.advance(999);
  assertEquals(program.signals, [15]);
  await machine.clock.advance(1);
  assertEquals(await machine.end, { exitCode: 137 });
  assertEquals(program.signals, [15, 9]);
});

Deno.test("a stop before the VM is up stops it once it is, and is no failure of the start", async () => {
  await using machine = new StandInMachine({ program: () => {} });
  machine.supervisor.stop(20);
  assertEquals(await machine.end, { exitCode: 143 });
  assertEquals([machine.ready, machine.engine.vmm.askedToPowerOff], [1, true]);
});

Deno.test("a stop before the command runs ends the machine, and is no failure of the start", async () => {
  await using machine = await running({ program: () => {} });
  const { program } = machine;
  assertEquals(machine.ready, 0);
  machine.supervisor.stop(1_000);
  assertEquals(await machine.end, { exitCode: 143 });
  assertEquals([machine.ready, program.signals], [1, [15]]);
});

Deno.test("a command is started again as the policy says, after a pause that doubles", async () => {
  await using machine = await running({ restart: "on-failure" });
  for (const [count, pause] of [1_000, 2_000, 4_000].entries()) {
    machine.program.exits(1);
    await settled();
    assertEquals(machine.clock.delays.at(-1), pause);
    await machine.clock.advance(pause - 1);
    assertEquals(machine.engine.vmm.programs.length, count + 1);
    await machine.clock.advance(1);
    assertEquals([machine.engine.vmm.programs.length, machine.supervisor.restarts], [count + 2, count + 1]);
  }
  machine.program.exits(0);
  assertEquals(await machine.end, { exitCode: 0 });
  assertEquals([machine.ready, machine.engine.vmms.length], [1, 1]);
});

Deno.test("a command that ran for 10 s begins again with the shortest pause", async () => {
  await using machine = await running({ restart: "always" });
  for (const [ran, pause] of [[0, 1_000], [9_999, 2_000], [10_000, 1_000], [0, 2_000]] as const) {
    await machine.clock.advance(ran);
    machine.program.exits(0);
    await settled();
    assertEquals(machine.clock.delays.at(-1), pause);
    await machine.clock.advance(pause);
  }
});

Deno.test("the pause before a restart is never longer than a minute", async () => {
  await using machine = await running({ restart: "always" });
  for (let count = 0; count < 9; count++) {
    machine.program.exits(0);
    await settled();
    await machine.clock.advance(60_000);
  }
  assertEquals(machine.clock.delays.slice(-3), [60_000, 60_000, 60_000]);
});

Deno.test("a command that ran once is tried again although it cannot be started for a while", async () => {
  let [starts, failing] = [0, false];
  await using machine = await running({
    restart: "always",
    program: (program) => {
      starts++;
      if (failing) program.fails("text file busy", 126);
      else program.runs();
    },
  });
  failing = true;
  machine.program.exits(0);
  await settled();
  await machine.clock.advance(1_000);
  failing = false;
  await machine.clock.advance(2_000);
  assertEquals([starts, machine.ready, machine.supervisor.restarts], [3, 1, 2]);
});

Deno.test("a stop during the pause before a restart ends the machine with the command's last code", async () => {
  await using machine = await running({ restart: "always" });
  machine.program.exits(4);
  await settled();
  machine.supervisor.stop(10_000);
  assertEquals(await machine.end, { exitCode: 4 });
  assertEquals(machine.engine.vmm.programs.length, 1);
});

Deno.test("a command that a stop ends is not started again", async () => {
  await using machine = await running({ restart: "always" });
  machine.supervisor.stop(10_000);
  assertEquals(await machine.end, { exitCode: 143 });
  assertEquals(machine.engine.vmm.programs.length, 1);
});

Deno.test("a machine whose VM goes away has failed, and says why", async () => {
  for (const command of [true, false]) {
    await using machine = await running({ command });
    machine.engine.vmm.says("line");
    machine.engine.vmm.ends(null, "SIGKILL");
    const end = await machine.end;
    assertEquals([end.exitCode, machine.ready], [null, 1]);
    assertMatch(end.failure ?? "", /^the VM's link ended; last lines of its console:\nline$/);
    assertEquals(machine.console(), "line\n");
  }
});

Deno.test("a machine whose guest panics has failed, and keeps its console", async () => {
  await using machine = await running({ command: false });
  machine.engine.vmm.panics("Oops");
  assertMatch((await machine.end).failure ?? "", /^the guest's kernel panicked \(Oops\)/);
  assertEquals(machine.console(), "Kernel panic - not syncing: Oops\n");
});

Deno.test("a machine that is switched off from inside has stopped, and not failed", async () => {
  for (const command of [true, false]) {
    await using machine = await running({ command });
    machine.engine.vmm.powersOff();
    assertEquals(await machine.end, { exitCode: null });
  }
});

Deno.test("a command that the power-off from inside kills ends the machine with its code", async () => {
  await using machine = await running();
  machine.program.dies(9);
  await settled();
  machine.engine.vmm.powersOff();
  assertEquals(await machine.end, { exitCode: 137 });
});

Deno.test("a VM that goes away under a command is followed by another, as the policy says", async () => {
  for (const restart of ["on-failure", "always"] as const) {
    await using machine = await running({ restart });
    machine.engine.vmm.ends(1);
    await settled();
    assertEquals([machine.engine.vmms.length, machine.clock.delays.at(-1)], [1, 1_000]);
    await machine.clock.advance(1_000);
    assertEquals([machine.engine.vmms.length, machine.supervisor.restarts, machine.ready], [2, 1, 1]);
    machine.program.exits(0);
    await settled();
    if (restart === "on-failure") assertEquals(await machine.end, { exitCode: 0 });
  }
});

Deno.test("a VM that goes away while its command waits for a restart is followed by another", async () => {
  await using machine = await running({ restart: "on-failure" });
  const [first] = machine.engine.vmms;
  machine.program.exits(1);
  await settled();
  machine.engine.vmm.ends(1);
  await settled();
  await machine.clock.advance(60_000);
  assertEquals([machine.engine.vmms.length, first?.programs.length, machine.engine.vmm.programs.length], [
    2,
    1,
    1,
  ]);
});

Deno.test("a machine without a command is not started again", async () => {
  await using machine = await running({ restart: "always", command: false });
  machine.engine.vmm.ends(1);
  assertEquals((await machine.end).failure, "the VM's link ended");
});

Deno.test("a stop during the pause before a VM's restart ends the machine, and keeps why the VM went away", async () => {
  await using machine = await running({ restart: "always" });
  machine.engine.vmm.ends(1);
  await settled();
  machine.supervisor.stop(10_000);
  assertEquals(await machine.end, { exitCode: null, failure: "the VM's link ended" });
  assertEquals(machine.engine.vmms.length, 1);
});

Deno.test("a VM that does not boot again ends a machine that was ready", async () => {
  await using machine = await running({ restart: "always", boots: ["up", "end"] });
  machine.engine.vmm.ends(1);
  await settled();
  await machine.clock.advance(1_000);
  await assertRejects(() => machine.end, SmolvmError, "cannot start the VM");
  assertEquals(machine.ready, 1);
});

Deno.test("a VM that goes away before its command runs is a failure of the start", async () => {
  await using machine = await running({ program: () => {} });
  machine.engine.vmm.panics("Oops");
  const error = await assertRejects(
    () => machine.end,
    SmolvmError,
    "cannot start the machine m: the guest's kernel",
  );
  assertEquals([error.kind, machine.ready], ["guest", 0]);
});

Deno.test("a command that cannot run in the second VM either fails the start that has waited for it", async () => {
  let starts = 0;
  await using machine = await running({
    restart: "always",
    program: (program) => void (++starts === 2 && program.fails("not found")),
  });
  machine.engine.vmm.ends(1);
  await settled();
  await machine.clock.advance(1_000);
  await assertRejects(() => machine.end, SmolvmError, "cannot start the machine m: work: not found");
  assertEquals([machine.ready, starts], [0, 2]);
});

Deno.test("a session of the command that the agent cuts off ends the machine, which has failed", async () => {
  await using machine = await running({ restart: "always" });
  machine.program.stream.reset("the agent is confused");
  assertEquals(await machine.end, { exitCode: null, failure: "the connection to the guest was lost" });
  assertTrue(machine.engine.vmm.askedToPowerOff);
});

Deno.test("a guest that does not power off is killed", async () => {
  await using machine = await running({ command: false, powerOff: (vmm) => vmm.ends(null, "SIGKILL") });
  machine.supervisor.stop(0);
  assertEquals(await machine.end, { exitCode: null });
});

Deno.test("nothing of a machine that has ended is left but its console", async () => {
  await using machine = await running();
  machine.program.exits(0);
  await machine.end;
  const names = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assertEquals(names(machine.folder), ["by-name", "console"]);
  assertEquals(names(`${machine.folder}/by-name`), []);
  assertEquals([machine.engine.vmm.killed, machine.supervisor.vm], [true, undefined]);
});
