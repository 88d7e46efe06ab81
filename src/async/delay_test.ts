import { assertEquals } from "../../tests/harness/assert.ts";
import { delay } from "./delay.ts";

Deno.test("delay() waits", async () => {
  let over = false;
  const waiting = delay(20).then(() => over = true);
  await delay(0);
  assertEquals(over, false);
  await waiting;
  assertEquals(over, true);
});

Deno.test("delay() ends when its signal fires, and leaves no timer", async () => {
  const stop = new AbortController();
  const waiting = delay(60_000, { signal: stop.signal });
  stop.abort();
  await waiting;
});

Deno.test("delay() does not wait when its signal has fired", async () => {
  await delay(60_000, { signal: AbortSignal.abort() });
});
