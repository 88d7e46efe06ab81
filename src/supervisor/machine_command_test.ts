import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { settled, StandInClock } from "../../tests/harness/stand_in_clock.ts";
import { machineSpec } from "../../tests/harness/stand_in_machine.ts";
import { type GuestPlay, StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import { SmolvmError } from "../error.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { coldBoot } from "../vm/source.ts";
import { SupervisedCommand } from "./command.ts";
import { MachineCommandService } from "./machine_command.ts";
import { Output } from "./output.ts";

function make(play: GuestPlay, restart: MachineSpec["restart"] = "no") {
  const engine = new StandInEngine(play);
  const [clock, stopping] = [new StandInClock(), new AbortController()];
  const spec = machineSpec(restart, true);
  if (!spec.command) throw new Error("the machine has no command");
  const context = { output: new Output(), stopping: stopping.signal, clock };
  const command = new SupervisedCommand({ ...spec, image: "vdb", command: spec.command }, context);
  const boot = coldBoot(engine, plainVm, { hostname: "m" });
  return { engine, clock, service: new MachineCommandService(spec, command), boot };
}

Deno.test("MachineCommandService starts when its program runs, and ends with it", async () => {
  const { service, engine, boot } = make({});
  await using vm = await boot();
  await service.start(vm);
  assertEquals(service.end, undefined);
  engine.vmm.program.exits(3);
  assertEquals(await service.ended(), "ended");
  assertEquals(service.end?.kind === "exited" && service.end.code, 3);
});

Deno.test("MachineCommandService counts a program that ends before it says that it runs as one that ran", async () => {
  const { service, boot } = make({ program: (program) => program.exits(0) });
  await using vm = await boot();
  await service.start(vm);
  assertEquals(await service.ended(), "ended");
});

Deno.test("MachineCommandService does not start when the program cannot, or its session is cut off", async () => {
  const cases: [GuestPlay, string][] = [
    [{ program: (program) => program.fails("not found") }, "cannot start the machine m: work: not found"],
    [{ program: (program) => program.stream.reset("x") }, "the connection to the guest was lost"],
  ];
  for (const [play, words] of cases) {
    const { service, boot } = make(play);
    await using vm = await boot();
    await assertRejects(() => service.start(vm), SmolvmError, words);
  }
});

Deno.test("MachineCommandService leaves a VM that is no more, also while it waits for a restart", async () => {
  const { service, engine, boot, clock } = make({}, "always");
  await using first = await boot();
  await service.start(first);
  engine.vmm.program.exits(1);
  await settled();
  assertEquals(clock.waiting, 1);
  service.close();
  assertEquals(await service.ended(), "ended");
  await using second = await boot();
  await service.start(second);
  assertEquals([service.end, engine.vmms.map(({ programs }) => programs.length)], [undefined, [1, 1]]);
  service.close();
});
