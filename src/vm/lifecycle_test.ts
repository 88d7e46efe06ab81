import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import { plainVm } from "../../tests/harness/plain_vm.ts";
import { settled, StandInClock } from "../../tests/harness/stand_in_clock.ts";
import { type Boot, type GuestPlay, StandInEngine } from "../../tests/harness/stand_in_vm.ts";
import { SmolvmError } from "../error.ts";
import { joinSession } from "../session/session_streams.ts";
import { type LifeEnd, liveVm } from "./lifecycle.ts";
import type { RunningVm } from "./running_vm.ts";
import type { Service, ServiceEnd } from "./service.ts";
import { coldBoot } from "./source.ts";
import { StopRequest } from "./stop_request.ts";

/** A service that writes down what is done to it. */
class Recorded implements Service {
  readonly name: string;
  readonly over = Promise.withResolvers<ServiceEnd>();
  readonly stopped = Promise.withResolvers<void>();
  readonly #story: string[];
  readonly #start: (vm: RunningVm) => Promise<void>;

  constructor(name: string, story: string[], start = (_: RunningVm) => Promise.resolve()) {
    [this.name, this.#story, this.#start] = [name, story, start];
  }

  async start(vm: RunningVm): Promise<void> {
    this.#story.push(`${this.name} starts`);
    await this.#start(vm);
  }

  ended(): Promise<ServiceEnd> {
    return this.over.promise;
  }

  stop(patience: number): Promise<void> {
    this.#story.push(`${this.name} stops within ${patience}`);
    return this.stopped.promise;
  }

  kill(): void {
    this.#story.push(`${this.name} is killed`);
    this.stopped.resolve();
  }

  close(): void {
    this.#story.push(`${this.name} closes`);
  }
}

/** One life with two services. */
function life(play: GuestPlay = {}, boots: readonly Boot[] = [], start?: (vm: RunningVm) => Promise<void>) {
  const story: string[] = [];
  const engine = new StandInEngine({
    ...play,
    powerOff: (vmm) => {
      story.push("power off");
      if (play.powerOff) play.powerOff(vmm);
      else vmm.powersOff();
    },
  }, boots);
  const clock = new StandInClock();
  const stop = new StopRequest(clock);
  const [one, two] = [new Recorded("one", story), new Recorded("two", story, start)];
  const end: Promise<LifeEnd> = liveVm({
    source: coldBoot(engine, plainVm, { hostname: "vm", deadlineMilliseconds: 200 }),
    services: [one, two],
    stop,
    powerOffMilliseconds: 50,
    booted: () => story.push("booted"),
    ready: () => story.push("ready"),
    clock,
  });
  end.catch(() => {});
  return { story, engine, clock, stop, one, two, end };
}

const nowhere = () => Promise.resolve();

const begun = ["booted", "one starts", "two starts", "ready"];
const closed = ["two closes", "one closes"];

Deno.test("liveVm() powers off when a service has ended, and closes the services behind it, last first", async () => {
  const { one, end, story, engine } = life();
  one.over.resolve("ended");
  assertEquals(await end, { cause: "service", name: "one", how: "ended" });
  assertEquals(story, [...begun, "power off", ...closed]);
  assertTrue(engine.vmm.askedToPowerOff);
});

Deno.test("liveVm() asks all services at once to stop, and powers off when both have", async () => {
  const { stop, one, two, end, story } = life();
  await settled();
  stop.ask(700);
  await settled();
  assertEquals(story, [...begun, "one stops within 700", "two stops within 700"]);
  one.stopped.resolve();
  await settled();
  assertEquals(story.length, 6);
  two.stopped.resolve();
  assertEquals(await end, { cause: "stop" });
  assertEquals(story.slice(6), ["power off", ...closed]);
});

Deno.test("liveVm() asks no service when a stop has no patience", async () => {
  const { stop, end, story } = life();
  await settled();
  stop.ask(0);
  assertEquals(await end, { cause: "stop" });
  assertEquals(story, [...begun, "power off", ...closed]);
});

Deno.test("liveVm() kills services when the patience of a second stop ends before that of the first", async () => {
  const { stop, end, story, clock } = life();
  await settled();
  stop.ask(60_000);
  await settled();
  stop.ask(1_000);
  await clock.advance(999);
  assertEquals(story.length, 6);
  await clock.advance(1);
  assertEquals(await end, { cause: "stop" });
  assertEquals(story.slice(6), ["one is killed", "two is killed", "power off", ...closed]);
});

Deno.test("liveVm() does not wait for ever for services that were killed", async () => {
  const { stop, one, two, end, clock, story } = life();
  one.kill = two.kill = () => {};
  await settled();
  stop.ask(60_000);
  stop.ask(0);
  await clock.advance(0);
  await clock.advance(200);
  assertEquals(await end, { cause: "stop" });
  assertEquals(story.slice(-3), ["power off", ...closed]);
});

Deno.test("liveVm() stops a VM that was asked to stop before it was up, once it is", async () => {
  const { stop, one, two, end, story } = life();
  stop.ask(5);
  one.stopped.resolve();
  two.stopped.resolve();
  assertEquals(await end, { cause: "stop" });
  assertEquals(story.slice(-3), ["power off", ...closed]);
});

Deno.test("liveVm() stops while a service starts, and waits for no start", async () => {
  const { stop, one, two, end, story } = life({}, [], () => new Promise(() => {}));
  await settled();
  assertEquals(story, ["booted", "one starts", "two starts"]);
  stop.ask(5);
  one.stopped.resolve();
  two.stopped.resolve();
  assertEquals(await end, { cause: "stop" });
});

Deno.test("liveVm() passes on why the VM did not come up, and starts nothing", async () => {
  const cases: [Boot, RegExp][] = [
    ["no engine", /^cannot start the VMM stand-in: no such file/],
    ["end", /^cannot start the VM: the VM's link ended before the agent answered$/],
  ];
  for (const [boot, words] of cases) {
    const { end, story } = life({}, [boot]);
    assertMatch((await assertRejects(() => end, SmolvmError)).message, words);
    assertEquals(story, []);
  }
});

Deno.test("liveVm() gives a VM that never answers so long, and no longer", async () => {
  const { end, engine, story } = life({}, ["silence"]);
  await assertRejects(() => end, SmolvmError, "cannot start the VM: the agent did not answer within 0.2 s");
  assertEquals([engine.vmm.killed, story], [true, []]);
});

Deno.test("liveVm() tries again when the kernel panicked as it came up, and only once", async () => {
  const lucky = life({}, ["panic"]);
  lucky.one.over.resolve("ended");
  assertEquals((await lucky.end).cause, "service");
  assertEquals(lucky.engine.vmms.length, 2);
  const unlucky = life({}, ["panic", "panic"]);
  const { reason } = await assertRejects(() => unlucky.end, SmolvmError);
  assertMatch(
    reason,
    /^the guest's kernel panicked \(no init found\); last lines of its console:\nKernel panic/,
  );
  assertEquals(unlucky.engine.vmms.length, 2);
});

Deno.test("liveVm() ends the VM when a service does not start, the other one being closed too", async () => {
  const broken = new SmolvmError("process", { action: "run", reason: "no such program" });
  const { end, story, engine } = life({}, [], () => Promise.reject(broken));
  assertEquals(await assertRejects(() => end, SmolvmError), broken);
  assertEquals(story, ["booted", "one starts", "two starts", "power off", ...closed]);
  assertTrue(engine.vmm.killed);
});

Deno.test("liveVm() tells a power-off from inside, a panic and a VMM that was killed apart", async () => {
  const ends: [string, (engine: StandInEngine) => void, RegExp, boolean][] = [
    ["power-off", ({ vmm }) => vmm.powersOff(), /^the VM's link ended$/, true],
    ["panic", ({ vmm }) => vmm.panics("Oops"), /^the guest's kernel panicked \(Oops\)/, false],
    ["kill -9", ({ vmm }) => vmm.ends(null, "SIGKILL"), /^the VM's link ended$/, false],
  ];
  for (const [name, act, words, poweredOff] of ends) {
    const { engine, end, story } = life();
    await settled();
    act(engine);
    const how = await end;
    assertEquals(how.cause, "vm", name);
    if (how.cause !== "vm") continue;
    assertMatch(how.error.reason, words);
    assertEquals([how.error.kind, how.poweredOff], ["guest", poweredOff], name);
    assertEquals(story, [...begun, ...closed], name);
  }
});

Deno.test("liveVm() blames the VM for a session that broke with it, and the service for one that broke alone", async () => {
  const ends: [(engine: StandInEngine) => void, LifeEnd["cause"]][] = [
    [({ vmm }) => vmm.ends(1), "vm"],
    [({ vmm }) => vmm.program.stream.reset("the agent is confused"), "service"],
  ];
  for (const [act, cause] of ends) {
    const { two, end, engine } = life({}, [], (vm) => {
      const program = { argv: ["x"], env: [], cwd: "", user: "", stdin: false, timeoutMilliseconds: 0 };
      const session = joinSession(vm.open({ kind: "exec", ...program }), {
        stdout: nowhere,
        stderr: nowhere,
      });
      void session.then(() => two.over.resolve("cut off"));
      return Promise.resolve();
    });
    await settled();
    act(engine);
    assertEquals((await end).cause, cause);
  }
});

Deno.test("liveVm() blames the VM when a service cannot start because the VM has gone", async () => {
  const { end, engine } = life({}, [], async (vm) => {
    engine.vmm.panics("Oops");
    await settled();
    vm.open({ kind: "status" });
  });
  const how = await end;
  assertEquals(how.cause === "vm" && /panicked/.test(how.error.reason), true);
});

Deno.test("liveVm() passes on an error of a running service once everything is gone", async () => {
  const { one, end, story } = life();
  await settled();
  one.over.reject(new Error("nobody reads the output"));
  assertEquals((await assertRejects(() => end, Error)).message, "nobody reads the output");
  assertEquals(story.slice(-3), ["power off", ...closed]);
});

Deno.test("liveVm() kills a guest that does not power off in time", async () => {
  const { one, end, engine, story } = life({ powerOff: () => {} });
  one.over.resolve("ended");
  assertEquals((await end).cause, "service");
  assertTrue(engine.vmm.killed);
  assertEquals(story.slice(-3), ["power off", ...closed]);
});

Deno.test("liveVm() kills at once what needs no power-off", async () => {
  const engine = new StandInEngine();
  const stop = new StopRequest();
  stop.ask(0);
  const source = coldBoot(engine, plainVm, { hostname: "vm" });
  assertEquals(await liveVm({ source, services: [], stop, powerOffMilliseconds: 0 }), { cause: "stop" });
  assertEquals([engine.vmm.askedToPowerOff, engine.vmm.killed], [false, true]);
});
