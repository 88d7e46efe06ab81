import { assertEquals } from "../../tests/harness/assert.ts";
import { storedEnd } from "./stored_end.ts";

const exited = { kind: "exited", code: 3, signal: null, outOfMemory: false, timedOut: false } as const;
const failed = {
  kind: "failed",
  exitCode: 127,
  reason: "not found in PATH",
  subject: "nope",
  step: "",
} as const;

Deno.test("storedEnd() keeps the code of a command, and why one never ran", () => {
  assertEquals(storedEnd(exited), { exitCode: 3 });
  assertEquals(storedEnd({ ...exited, code: null, signal: 15 }), { exitCode: 143 });
  assertEquals(storedEnd(failed), { exitCode: 127, failure: "nope: not found in PATH" });
  assertEquals(storedEnd({ ...failed, subject: "" }), { exitCode: 127, failure: "not found in PATH" });
});

Deno.test("storedEnd() tells want of memory and the end of the VM", () => {
  const outOfMemory = storedEnd({ ...exited, code: null, signal: 9, outOfMemory: true }, "the VM went away");
  assertEquals(outOfMemory, { exitCode: 137, failure: "its command ran out of memory" });
  assertEquals(storedEnd(undefined, "the VM went away"), { exitCode: null, failure: "the VM went away" });
  assertEquals(storedEnd(undefined), { exitCode: null });
});
