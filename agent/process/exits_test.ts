import { assertEquals } from "../../tests/harness/assert.ts";
import { Exits, readStatus } from "./exits.ts";

Deno.test("readStatus() tells an exit from a signal and from a stop", () => {
  assertEquals(readStatus(3 << 8), { code: 3, signal: null });
  assertEquals(readStatus(9), { code: null, signal: 9 });
  assertEquals(readStatus(11 | 0x80), { code: null, signal: 11 });
  assertEquals(readStatus(0x137f), undefined);
});

Deno.test("Exits.claim() gets an exit that came before it and one that comes after", async () => {
  const exits = new Exits();
  exits.add(7, { code: 1, signal: null });
  assertEquals(await exits.claim(7), { code: 1, signal: null });
  const later = exits.claim(8);
  exits.add(8, { code: null, signal: 15 });
  assertEquals(await later, { code: null, signal: 15 });
});

Deno.test("Exits keeps the newest of a pid that was used twice, and forgets the oldest of many", async () => {
  const exits = new Exits();
  exits.add(5, { code: 1, signal: null });
  exits.add(5, { code: 2, signal: null });
  for (let pid = 1_000; pid < 2_023; pid++) exits.add(pid, { code: 0, signal: null });
  assertEquals(await exits.claim(5), { code: 2, signal: null });
  exits.add(6, { code: 9, signal: null });
  for (let pid = 1_000; pid < 2_024; pid++) exits.add(pid, { code: 0, signal: null });
  const gone = exits.claim(6);
  assertEquals(await Promise.race([gone, Promise.resolve("forgotten")]), "forgotten");
});
