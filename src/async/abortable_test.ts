import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { abortable, aborted } from "./abortable.ts";

Deno.test("abortable() yields what comes before the signal", async () => {
  assertEquals(await abortable(Promise.resolve(3), new AbortController().signal), 3);
});

Deno.test("abortable() rejects with the signal's reason, and drops what comes then", async () => {
  const stop = new AbortController();
  const { promise, reject } = Promise.withResolvers<number>();
  const waiting = assertRejects(() => abortable(promise, stop.signal), RangeError);
  stop.abort(new RangeError("enough"));
  await waiting;
  reject(new Error("nobody hears of it"));
});

Deno.test("aborted() resolves for a signal that has fired, and for one that fires", async () => {
  await aborted(AbortSignal.abort());
  const stop = new AbortController();
  const waiting = aborted(stop.signal);
  stop.abort();
  await waiting;
});
