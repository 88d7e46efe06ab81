import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { StandInHome } from "../../tests/harness/stand_in_supervision.ts";
import { readLog } from "../logs/log_reader.ts";
import { isSupervised, supervisorOf } from "../machines/liveness.ts";

Deno.test("superviseMachine() reports once that the machine runs, and holds its lock until it has written the end", async () => {
  using home = await StandInHome.make();
  const supervised = home.supervise();
  assertEquals(await home.reported(), { ready: true });
  assertEquals([isSupervised(home.folder), supervisorOf(home.folder)?.pid], [true, Deno.pid]);
  const during = await home.record();
  assertEquals([during?.run?.supervisor.pid, during?.run?.end], [Deno.pid, undefined]);
  home.engine.vmm.powersOff();
  await supervised;
  const end = (await home.record())?.run?.end;
  assertEquals([isSupervised(home.folder), end?.exitCode, end?.failure], [false, null, undefined]);
  assertEquals(home.reports.length, 1);
});

Deno.test("superviseMachine() stops the machine in order when its process is asked to end", async () => {
  using home = await StandInHome.make();
  const supervised = home.supervise();
  await home.reported();
  Deno.kill(Deno.pid, "SIGTERM");
  await supervised;
  assertEquals(home.engine.vmm.askedToPowerOff, true);
  assertEquals((await home.record())?.run?.end?.failure, undefined);
});

Deno.test("superviseMachine() writes down and reports why a machine does not come up", async () => {
  using home = await StandInHome.make();
  const reported = home.reported();
  await home.supervise({}, ["no engine"]);
  const failure = await reported as Record<string, unknown>;
  assertEquals([failure["action"], failure["reason"]], ["start the VMM", "no such file"]);
  const end = (await home.record())?.run?.end;
  assertEquals([end?.exitCode, end?.failure], [null, "start the VMM: no such file"]);
});

Deno.test("superviseMachine() writes down why a machine that ran has failed, and reports no second time", async () => {
  using home = await StandInHome.make();
  const supervised = home.supervise();
  await home.reported();
  home.engine.vmm.panics("Oops");
  await supervised;
  assertMatch((await home.record())?.run?.end?.failure ?? "", /^the guest's kernel panicked \(Oops\)/);
  assertEquals(home.reports.length, 1);
  assertEquals(Deno.readTextFileSync(home.folder.console), "Kernel panic - not syncing: Oops\n");
});

Deno.test("superviseMachine() has a machine's command write to the log, and writes down its code", async () => {
  using home = await StandInHome.make(true);
  const supervised = home.supervise();
  await home.reported();
  const { program } = home.engine.vmm;
  assertEquals(program.request.kind === "container" && program.request.image, "vdb");
  await program.prints("hello");
  program.exits(6);
  await supervised;
  const words = readLog(home.folder.log).map(({ bytes }) => new TextDecoder().decode(bytes));
  assertEquals([words, (await home.record())?.run?.end?.exitCode], [["hello"], 6]);
});

Deno.test("superviseMachine() says when a machine's image is gone, and boots nothing", async () => {
  using home = await StandInHome.make(true, `sha256:${"c".repeat(64)}`);
  const reported = home.reported();
  await home.supervise();
  const failure = await reported as Record<string, unknown>;
  assertMatch(
    String(failure["reason"]),
    /^its image alpine \(sha256:cccccccccccc\) is no longer in the store/,
  );
  assertEquals(home.engine.vmms.length, 0);
});

Deno.test("superviseMachine() finds nothing to supervise where a machine was deleted", async () => {
  using home = await StandInHome.make();
  const reported = home.reported();
  await home.supervise({}, [], "ffffffffffff");
  const failure = await reported as Record<string, unknown>;
  assertEquals([failure["action"], home.engine.vmms.length], ["take the lock", 0]);
});

Deno.test("superviseMachine() supervises a machine that another supervisor has left, and ends its containers' runs", async () => {
  using home = await StandInHome.make();
  const first = home.supervise();
  await home.reported();
  home.engine.vmm.powersOff();
  await first;
  const second = home.supervise();
  assertEquals(await home.reported(), { ready: true });
  await settled();
  home.engine.vmm.powersOff();
  await second;
});
