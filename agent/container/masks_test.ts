import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { MS } from "../syscalls/mount.ts";
import { maskSteps } from "./masks.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";

Deno.test("maskSteps() hides paths, and binds read-only ones over themselves where they exist", () => {
  const steps = maskSteps({ maskedPaths: ["/proc/kcore"], readonlyPaths: ["/proc/sys"] });
  assertEquals(steps[0], { op: "mask", path: "/proc/kcore" });
  const binds = steps.slice(1).map((step) =>
    step.op === "mount" && [step.source, step.target, step.ignoreMissing]
  );
  assertEquals(binds, [["/proc/sys", "/proc/sys", true], ["", "/proc/sys", true]]);
  const remount = steps[2];
  assertEquals(remount?.op === "mount" && (remount.flags & (MS.REMOUNT | MS.RDONLY)), MS.REMOUNT | MS.RDONLY);
});

Deno.test("maskSteps() refuses a path that a volume could lie over", () => {
  assertThrows(
    () => maskSteps({ maskedPaths: ["/etc/shadow"] }),
    UnsupportedSpecError,
    "/etc/shadow outside",
  );
  assertThrows(() => maskSteps({ readonlyPaths: ["/process"] }), UnsupportedSpecError, "/process outside");
});
