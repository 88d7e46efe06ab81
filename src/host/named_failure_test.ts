import { assertEquals } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { namedFailure } from "./named_failure.ts";

const wanted = { action: "delete the machine", subject: "web" };

Deno.test("namedFailure() names what the user named in place of an inner path, and keeps the remedy", () => {
  const lock = new SmolvmError("state", {
    action: "take the lock",
    subject: "/home/u/machines/0123456789ab.lock",
    reason: "permission is denied",
    remedy: "ask",
  });
  const error = namedFailure(lock, wanted) as SmolvmError;
  assertEquals(
    error.message,
    "cannot delete the machine web: cannot take the lock: permission is denied; ask",
  );
  assertEquals([error.kind, error.cause], ["state", lock]);
});

Deno.test("namedFailure() leaves every other error as it is", () => {
  const usage = new SmolvmError("usage", { action: "x", reason: "y" });
  const other = new TypeError("z");
  assertEquals([namedFailure(usage, wanted), namedFailure(other, wanted)], [usage, other]);
});
