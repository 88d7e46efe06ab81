import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { rlimitSteps } from "./rlimits.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";

Deno.test("rlimitSteps() keeps numbers, and reads JSON's 2^64 - 1 as no limit", () => {
  const hard: number = JSON.parse("18446744073709551615");
  assertEquals(rlimitSteps([{ type: "RLIMIT_NOFILE", soft: 1024, hard }]), [
    { op: "rlimit", resource: 7, soft: 1024n, hard: 2n ** 64n - 1n },
  ]);
  assertEquals(rlimitSteps(), []);
});

Deno.test("rlimitSteps() refuses a limit that the kernel does not have", () => {
  const limits = [{ type: "RLIMIT_HOPE", soft: 0, hard: 0 }];
  assertThrows(() => rlimitSteps(limits), UnsupportedSpecError, "RLIMIT_HOPE");
});
