import { assertEquals, assertMatch, assertRejects, assertThrows } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { type Boot, type GuestPlay, StandInEngine, StandInVmm } from "../../tests/harness/stand_in_vm.ts";
import { SmolvmError } from "../error.ts";
import { RunningVm } from "./running_vm.ts";

async function boot(play: GuestPlay = {}, boots: readonly Boot[] = []) {
  const engine = new StandInEngine(play, boots);
  const options = { hostname: "vm", deadlineMilliseconds: 200, lingerMilliseconds: 30 };
  return { engine, vm: await RunningVm.boot(engine, plainVm, options) };
}

Deno.test("RunningVm.boot() yields a VM whose agent has answered", async () => {
  const { vm, engine } = await boot();
  await using _vm = vm;
  assertEquals([vm.pid, vm.over, engine.vmm.killed], [1, false, false]);
  assertEquals((await vm.open({ kind: "status" }).nextMessage())?.kind, "done");
});

Deno.test("RunningVm.boot() boots once more behind a panic, and not behind any other failure", async () => {
  const { vm, engine } = await boot({}, ["panic"]);
  await vm[Symbol.asyncDispose]();
  assertEquals(engine.vmms.map(({ killed }) => killed), [true, true]);
  const failures: [Boot, string][] = [
    ["silence", "the agent did not answer within 0.2 s"],
    ["end", "the VM's link ended before the agent answered"],
  ];
  for (const [failing, words] of failures) {
    const engine = new StandInEngine({}, [failing]);
    const options = { hostname: "vm", deadlineMilliseconds: 200 };
    await assertRejects(() => RunningVm.boot(engine, plainVm, options), SmolvmError, words);
    assertEquals(engine.vmms.map(({ killed }) => killed), [true]);
  }
});

Deno.test("RunningVm.boot() goes on from a template where it can, and boots where that fails", async () => {
  const options = { hostname: "vm", deadlineMilliseconds: 200 };
  const tried: [Boot | "not started" | "none", Boot[], unknown][] = [
    ["up", [], [0, 0]],
    // The template is to blame when a VM comes up without it, and not when none does.
    ["silence", [], [1, 1]],
    ["end", ["end"], [1, 0]],
    ["not started", [], [1, 0]],
    ["none", [], [1, 0]],
  ];
  for (const [resumed, boots, expected] of tried) {
    const engine = new StandInEngine({}, boots);
    let spoiled = 0;
    engine.resume = () => {
      if (resumed === "none") return Promise.resolve(undefined);
      if (resumed === "not started") return Promise.reject(new Error("no room"));
      return Promise.resolve({ vmm: new StandInVmm(9, resumed, {}), spoiled: () => spoiled++ });
    };
    await RunningVm.boot(engine, plainVm, options).then((vm) => vm[Symbol.asyncDispose](), () => {});
    assertEquals([engine.vmms.length, spoiled], expected, resumed);
  }
});

Deno.test("RunningVm.boot() leaves templates alone when it is told to", async () => {
  const engine = new StandInEngine();
  engine.resume = () => Promise.reject(new Error("it was tried"));
  await using vm = await RunningVm.boot(engine, plainVm, { hostname: "vm", resume: false });
  assertEquals([vm.pid, engine.vmms.length], [1, 1]);
});

Deno.test("RunningVm.boot() is ended by a signal while a template is made", async () => {
  const engine = new StandInEngine();
  const stopper = new AbortController();
  engine.resume = () => Promise.reject(stopper.abort());
  const booting = RunningVm.boot(engine, plainVm, { hostname: "vm", signal: stopper.signal });
  assertEquals((await assertRejects(() => booting, SmolvmError)).kind, "canceled");
  assertEquals(engine.vmms, []);
});

Deno.test("RunningVm.boot() is ended by a signal, with nothing left", async () => {
  const engine = new StandInEngine({}, ["silence"]);
  const stopper = new AbortController();
  const booting = RunningVm.boot(engine, plainVm, { hostname: "vm", signal: stopper.signal });
  booting.catch(() => {});
  await settled();
  stopper.abort();
  assertEquals((await assertRejects(() => booting, SmolvmError)).kind, "canceled");
  assertEquals(engine.vmm.killed, true);
});

Deno.test("RunningVm tells why it has ended, once with the console's lines and once without", async () => {
  const { vm, engine } = await boot();
  await using _vm = vm;
  engine.vmm.panics("Oops");
  assertEquals(await vm.whyEnded(), "the guest's kernel panicked (Oops)");
  const error = await vm.ended();
  assertMatch(
    error?.message ?? "",
    /^cannot keep the VM running: the guest's kernel panicked \(Oops\); last lines/,
  );
  assertEquals([vm.over, await vm.poweredOff()], [true, false]);
});

Deno.test("RunningVm tells a guest that was switched off from a VMM that was killed", async () => {
  for (
    const [code, signal, poweredOff] of [[0, null, true], [1, null, false], [null, "SIGKILL", false]] as const
  ) {
    const { vm, engine } = await boot();
    await using _vm = vm;
    engine.vmm.ends(code, signal);
    assertEquals([await vm.whyEnded(), await vm.poweredOff()], ["the VM's link ended", poweredOff]);
  }
});

Deno.test("RunningVm has no reason for an end that was wanted here", async () => {
  const { vm, engine } = await boot();
  await vm.powerOff(1_000);
  assertEquals([await vm.ended(), await vm.whyEnded(), engine.vmm.askedToPowerOff], [
    undefined,
    undefined,
    true,
  ]);
  await vm[Symbol.asyncDispose]();
});

Deno.test("RunningVm kills a guest that does not power off in time", async () => {
  const { vm, engine } = await boot({ powerOff: () => {} });
  await vm.powerOff(20);
  assertEquals(engine.vmm.killed, true);
  await vm[Symbol.asyncDispose]();
});

Deno.test("RunningVm powers off what has gone already", async () => {
  const { vm, engine } = await boot();
  engine.vmm.ends(1);
  await settled();
  await vm.powerOff(1_000);
  assertEquals(engine.vmm.askedToPowerOff, false);
  await vm[Symbol.asyncDispose]();
});

Deno.test("RunningVm kills a VMM that lives on without a link", async () => {
  const { vm, engine } = await boot();
  await using _vm = vm;
  engine.vmm.link.close();
  assertEquals((await vm.ended())?.kind, "guest");
  assertEquals(engine.vmm.killed, true);
});

Deno.test("RunningVm opens nothing in a VM that is gone", async () => {
  const { vm, engine } = await boot();
  await using _vm = vm;
  engine.vmm.ends(1);
  await settled();
  assertThrows(
    () => vm.open({ kind: "status" }),
    SmolvmError,
    "cannot talk to the VM: the VM's link is closed",
  );
});
