import { assertEquals } from "../../tests/harness/assert.ts";
import { settled, StandInClock } from "../../tests/harness/stand_in_clock.ts";
import { StopRequest } from "./stop_request.ts";

Deno.test("StopRequest fires once, and keeps the patience of the first request", () => {
  const stop = new StopRequest(new StandInClock());
  let fired = 0;
  stop.signal.addEventListener("abort", () => fired++);
  assertEquals([stop.signal.aborted, stop.patience], [false, 0]);
  stop.ask(3_000);
  stop.ask(10);
  assertEquals([stop.signal.aborted, stop.patience, fired], [true, 3_000, 1]);
});

Deno.test("StopRequest hurries when the shortest of the later patiences is over", async () => {
  const clock = new StandInClock();
  const stop = new StopRequest(clock);
  let hurried = false;
  void stop.hurried.then(() => hurried = true);
  stop.ask(60_000);
  stop.ask(500);
  stop.ask(200);
  await clock.advance(199);
  assertEquals(hurried, false);
  await clock.advance(1);
  await settled();
  assertEquals(hurried, true);
});
