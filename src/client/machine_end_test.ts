import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { settled } from "../../tests/harness/stand_in_clock.ts";
import { StandInHome } from "../../tests/harness/stand_in_supervision.ts";
import { takeSupervision } from "../machines/liveness.ts";
import { awaitMachineEnd } from "./machine_end.ts";

/** Waits, and says when it is over. */
function wait(home: StandInHome): { over: boolean; ended: Promise<void> } {
  const state = { over: false, ended: Promise.resolve() };
  state.ended = awaitMachineEnd(home.spec, home.paths, 5).then(() => void (state.over = true));
  return state;
}

Deno.test("awaitMachineEnd() is over at once for a machine that does not run", async () => {
  using home = await StandInHome.make();
  await awaitMachineEnd(home.spec, home.paths);
});

Deno.test("awaitMachineEnd() hears the end from the supervisor, and leaves the lock alone until then", async () => {
  using home = await StandInHome.make();
  const supervised = home.supervise();
  await home.reported();
  const waiting = wait(home);
  await settled();
  const watcher = Deno.watchFs(home.folder.path);
  const touched: string[] = [];
  const watched = (async () => {
    for await (const { paths } of watcher) touched.push(...paths.filter((path) => path.endsWith("/lock")));
  })();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertEquals([waiting.over, touched], [false, []]);
  watcher.close();
  await watched;
  home.engine.vmm.powersOff();
  await Promise.all([waiting.ended, supervised]);
});

Deno.test("awaitMachineEnd() waits by the lock for a supervisor that does not listen", async () => {
  using home = await StandInHome.make();
  const lock = await takeSupervision(home.folder, 1_000);
  const waiting = wait(home);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals(waiting.over, false);
  lock[Symbol.dispose]();
  await waiting.ended;
});

Deno.test("awaitMachineEnd() reaches a supervisor that begins to listen while it waits", async () => {
  using home = await StandInHome.make();
  const booted = Promise.withResolvers<void>();
  const supervised = home.supervise();
  const start = home.engine.start.bind(home.engine);
  home.engine.start = async () => {
    await booted.promise;
    return await start();
  };
  await settled();
  const waiting = wait(home);
  await settled();
  booted.resolve();
  await home.reported();
  assertEquals(waiting.over, false);
  home.engine.vmm.powersOff();
  await Promise.all([waiting.ended, supervised]);
});
