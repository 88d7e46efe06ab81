import { assertEquals, assertRejects, assertTrue } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { parseRetryAfter, retry, TransientError } from "./retry.ts";

const failure = new SmolvmError("registry", { action: "pull", reason: "busy" });

Deno.test("retry() tries again until it succeeds", async () => {
  let calls = 0;
  const result = await retry(() => {
    if (++calls < 3) return Promise.reject(new TransientError(failure, { attempts: 5 }));
    return Promise.resolve("done");
  }, { firstPause: 1 });
  assertEquals([result, calls], ["done", 3]);
});

Deno.test("retry() gives up after as many attempts as the failure is worth", async () => {
  let calls = 0;
  const error = await assertRejects(
    () =>
      retry(() => (calls++, Promise.reject(new TransientError(failure, { attempts: 2 }))), { firstPause: 1 }),
    SmolvmError,
  );
  assertEquals([error, calls], [failure, 2]);
});

Deno.test("retry() tries no more often than its caller wants", async () => {
  let calls = 0;
  const operation = () => (calls++, Promise.reject(new TransientError(failure, { attempts: 5 })));
  await assertRejects(() => retry(operation, { attempts: 1 }), SmolvmError);
  assertEquals(calls, 1);
});

Deno.test("retry() waits as long as the server asks, but not for ever", async () => {
  const begin = performance.now();
  let calls = 0;
  await retry(() => {
    if (++calls === 1) return Promise.reject(new TransientError(failure, { attempts: 5, retryAfter: 60 }));
    return Promise.resolve();
  }, { firstPause: 1 });
  assertTrue(performance.now() - begin >= 59);
  await assertRejects(
    () => retry(() => Promise.reject(new TransientError(failure, { attempts: 5, retryAfter: 3_600_000 }))),
    SmolvmError,
  );
});

Deno.test("retry() lets other errors through, and ends with its signal", async () => {
  await assertRejects(() => retry(() => Promise.reject(new TypeError("x"))), TypeError, "x");
  const signal = AbortSignal.timeout(20);
  await assertRejects(
    () => retry(() => Promise.reject(new TransientError(failure, { attempts: 9 })), { signal }),
    DOMException,
    "timed out",
  );
});

Deno.test("parseRetryAfter() reads seconds and dates", () => {
  const now = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");
  assertEquals(parseRetryAfter("120"), 120_000);
  assertEquals(parseRetryAfter("Wed, 21 Oct 2026 07:28:30 GMT", now), 30_000);
  assertEquals(parseRetryAfter("Wed, 21 Oct 2026 07:27:30 GMT", now), 0);
  assertEquals([parseRetryAfter(null), parseRetryAfter("soon")], [undefined, undefined]);
});
