import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { capabilitySet } from "./capabilities.ts";
import { UnsupportedSpecError } from "./runtime_spec.ts";

Deno.test("capabilitySet() numbers capabilities as linux/capability.h does", () => {
  assertEquals(capabilitySet([]), 0n);
  assertEquals(capabilitySet(["CAP_CHOWN", "CAP_SYS_ADMIN"]), 1n | 1n << 21n);
  assertEquals(capabilitySet(["CAP_CHECKPOINT_RESTORE"]), 1n << 40n);
});

Deno.test("capabilitySet() refuses a name that the kernel does not have", () => {
  assertThrows(() => capabilitySet(["CAP_NO_SUCH"]), UnsupportedSpecError, "CAP_NO_SUCH is not supported");
});
