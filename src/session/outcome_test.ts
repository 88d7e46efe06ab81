import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { exitCodeOf, judgeEnd } from "./outcome.ts";

const exited = { kind: "exited", code: 0, signal: null, outOfMemory: false, timedOut: false } as const;

Deno.test("exitCodeOf() gives a byte, whatever a guest says", () => {
  const ends: [number | null, number | null][] = [[3, null], [null, 9], [256, null], [-1, null], [
    null,
    null,
  ]];
  assertEquals(ends.map(([code, signal]) => exitCodeOf({ code, signal })), [3, 137, 0, 255, 125]);
});

Deno.test("judgeEnd() passes codes and signals on", () => {
  assertEquals(judgeEnd({ ...exited, code: 7 }, "x", 512), { exitCode: 7 });
  assertEquals(judgeEnd({ ...exited, code: null, signal: 15 }, "x", 512), { exitCode: 143 });
});

Deno.test("judgeEnd() tells a timeout and want of memory from other kills", () => {
  assertEquals(judgeEnd({ ...exited, code: null, signal: 9, timedOut: true }, "x", 512).exitCode, 124);
  const outOfMemory = judgeEnd({ ...exited, code: null, signal: 9, outOfMemory: true }, "x", 512);
  assertEquals(outOfMemory.exitCode, 137);
  assertTrue(outOfMemory.notice?.includes("512 MiB"));
});

Deno.test("judgeEnd() says why a program never ran", () => {
  const failed = {
    kind: "failed",
    exitCode: 127,
    reason: "not found in PATH",
    subject: "nope",
    step: "exec",
  } as const;
  const error = assertThrows(
    () => judgeEnd(failed, "nope", 512),
    SmolvmError,
    "cannot run nope: not found in PATH",
  );
  assertEquals(error.exitCode, 127);
  assertThrows(() => judgeEnd(undefined, "x", 512), SmolvmError, "the connection to the guest was lost");
});
