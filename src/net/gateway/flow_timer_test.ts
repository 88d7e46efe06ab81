import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { settled, StandInClock } from "../../../tests/harness/stand_in_clock.ts";
import { FlowTimer } from "./flow_timer.ts";

Deno.test("the timer goes off at the earliest deadline, and then at the one that it is told", async () => {
  const clock = new StandInClock();
  const went: number[] = [];
  const timer = new FlowTimer(clock, (now) => {
    went.push(Math.round(now));
    return went.length === 1 ? now + 500 : Infinity;
  });
  const begin = timer.now();
  timer.by(begin + 300);
  timer.by(begin + 200);
  timer.by(begin + 900);
  await settled();
  for (let step = 0; step < 20; step++) await clock.advance(100);
  assertEquals(went.map((at) => at - begin), [200, 700]);
  assertEquals(clock.waiting, 0);
});

Deno.test("a process that stood still has lost a second at most", async () => {
  const clock = new StandInClock();
  const timer = new FlowTimer(clock, () => Infinity);
  const begin = timer.now();
  timer.by(begin + 200);
  await clock.advance(90_000);
  assertTrue(timer.now() - begin <= 1_200);
});

Deno.test("without a deadline time goes by as it does, and close() leaves no timer", async () => {
  const clock = new StandInClock();
  const timer = new FlowTimer(clock, () => Infinity);
  const begin = timer.now();
  await clock.advance(90_000);
  assertEquals(timer.now() - begin, 90_000);
  timer.by(timer.now() + 200);
  timer.close();
  await settled();
  assertEquals(clock.waiting, 0);
});
