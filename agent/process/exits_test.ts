import { assertEquals } from "../../tests/harness/assert.ts";
import { Exits, readStatus } from "./exits.ts";

Deno.test("readStatus() tells an exit from a signal and from a stop", () => {
  assertEquals(readStatus(3 << 8), { code: 3, signal: null });
  assertEquals(readStatus(9), { code: null, signal: 9 });
  assertEquals(readStatus(11 | 0x80), { code: null, signal: 11 });
  assertEquals(readStatus(0x137f), undefined);
});

Deno.test("Launching.claim() gets an exit that came before it and one that comes after", async () => {
  const exits = new Exits();
  using launching = exits.launch();
  exits.add(7, { code: 1, signal: null });
  assertEquals(await launching.claim(7), { code: 1, signal: null });
  const later = launching.claim(8);
  exits.add(8, { code: null, signal: 15 });
  assertEquals(await later, { code: null, signal: 15 });
});

Deno.test("Exits.isAwaited() holds from the claim until the exit, and never for one that had ended before", () => {
  const exits = new Exits();
  using launching = exits.launch();
  exits.add(7, { code: 1, signal: null });
  void launching.claim(7);
  assertEquals(exits.isAwaited(7), false);
  void launching.claim(8);
  assertEquals(exits.isAwaited(8), true);
  exits.add(8, { code: 0, signal: null });
  assertEquals(exits.isAwaited(8), false);
});

Deno.test("Launching.claim() keeps every exit, however many orphans end meanwhile", async () => {
  const exits = new Exits();
  using launching = exits.launch();
  exits.add(6, { code: 9, signal: null });
  for (let pid = 1_000; pid < 9_000; pid++) exits.add(pid, { code: 0, signal: null });
  assertEquals(await launching.claim(6), { code: 9, signal: null });
});

Deno.test("Launching.claim() is not taken in by what had the same pid before", async () => {
  const exits = new Exits();
  exits.add(5, { code: 1, signal: null });
  using first = exits.launch();
  exits.add(6, { code: 2, signal: null });
  using second = exits.launch();
  const claims = [first.claim(5), second.claim(6)];
  exits.add(5, { code: 3, signal: null });
  exits.add(6, { code: 4, signal: null });
  assertEquals((await Promise.all(claims)).map(({ code }) => code), [3, 4]);
});
