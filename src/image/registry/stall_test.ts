import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { StallGuard } from "./stall.ts";

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

Deno.test("StallGuard fires when an answer does not come", async () => {
  const guard = new StallGuard({ milliseconds: 20, minimumBytes: 1 });
  await guard.wait(new Promise<void>((resolve) => guard.signal.addEventListener("abort", () => resolve())));
  assertEquals(guard.stalled, true);
  assertMatch(String(guard.signal.reason), /no progress for 0.02 s/);
});

Deno.test("StallGuard fires when a peer only drips", async () => {
  const guard = new StallGuard({ milliseconds: 60, minimumBytes: 1000 });
  let drips = 0;
  for (; drips < 100 && !guard.stalled; drips++) {
    await guard.wait(sleep(10));
    guard.progress(1);
  }
  assertEquals(guard.stalled, true);
});

Deno.test("StallGuard lives as long as enough comes, and does not count our own time", async () => {
  const guard = new StallGuard({ milliseconds: 400, minimumBytes: 1000 });
  for (let round = 0; round < 10; round++) {
    await guard.wait(sleep(50));
    guard.progress(1000);
  }
  await sleep(450);
  await guard.wait(sleep(1));
  assertEquals(guard.stalled, false);
});
