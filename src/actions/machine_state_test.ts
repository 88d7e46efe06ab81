import { assertEquals } from "../../tests/harness/assert.ts";
import { judgeRun } from "./machine_state.ts";

const run = { supervisor: { pid: 1, started: "1" }, startedAt: "2026-01-01T00:00:00.000Z" };
const at = "2026-01-01T00:00:01.000Z";

Deno.test("judgeRun() tells a machine that was never started from one that ended", () => {
  assertEquals(judgeRun(undefined), { state: "created" });
  assertEquals(judgeRun({ ...run, end: { at, exitCode: 3 } }), { state: "stopped", exitCode: 3 });
});

Deno.test("judgeRun() says why a run failed, also when nobody could write it down", () => {
  const failed = judgeRun({ ...run, end: { at, exitCode: null, failure: "the guest panicked" } });
  assertEquals(failed, { state: "failed", reason: "the guest panicked", exitCode: null });
  assertEquals(judgeRun(run).state, "failed");
});
