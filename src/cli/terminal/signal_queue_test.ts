import { assertEquals } from "../../../tests/harness/assert.ts";
import { SignalQueue } from "./signal_queue.ts";

Deno.test("SignalQueue hands on what came before the program, each signal once, and then all as they come", () => {
  const queue = new SignalQueue();
  for (const signal of [10, 28, 10]) queue.send(signal);
  const sent: number[] = [];
  assertEquals(queue.opened, false);
  queue.open({ signal: (number) => sent.push(number), resize: () => {} });
  assertEquals([queue.opened, sent], [true, [10, 28]]);
  for (const signal of [10, 10]) queue.send(signal);
  assertEquals(sent, [10, 28, 10, 10]);
});
